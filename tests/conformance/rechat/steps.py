"""The recorded steps, as the files of replay/ hold them."""

from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

REPLAY = Path(__file__).parent / "replay"


class Upload(Struct, frozen=True, forbid_unknown_fields=True):
    field: str
    file: str
    name: str
    mime: str


class Step(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without `method` it is a hook; `wait` is in seconds."""

    name: str
    kind: Literal["example", "fixture", "check"]
    title: str | None = None
    note: str | None = None
    req: list[str]
    method: str | None = None
    path: str = ""
    params: dict[str, str] = field(default_factory=dict)
    body: Any | UnsetType = UNSET
    upload: Upload | None = None
    hook: dict[str, Any] | None = None
    wait: float = 0
    status: int | None
    bind: dict[str, str] = field(default_factory=dict)
    expect: Any
    sorted: dict[str, str] = field(default_factory=dict)


def read_steps(name: str) -> list[Step]:
    return msgspec.json.decode((REPLAY / name).read_bytes(), type=list[Step])
