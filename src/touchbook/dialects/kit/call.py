"""What a handler is given and what it gives back."""

from collections.abc import Mapping
from typing import Generic, TypeVar

from msgspec import Struct
from starlette.datastructures import Headers, QueryParams

from touchbook.core.caller import Caller
from touchbook.core.transaction import Reader

Access = TypeVar("Access", bound=Reader, covariant=True)

NO_HEADERS: Mapping[str, str] = {}


class Call(Struct, Generic[Access], frozen=True, kw_only=True):
    """One authenticated request; `tx` reads, and for a Call[Transaction] writes."""

    tx: Access
    caller: Caller
    method: str
    path: Mapping[str, str]
    query: QueryParams
    headers: Headers
    body: bytes


class Answer(Struct, frozen=True):
    body: bytes
    status: int = 200
    headers: Mapping[str, str] = NO_HEADERS
