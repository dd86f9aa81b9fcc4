"""The settings, read once: touchbook.toml, then TOUCHBOOK_* of the environment. An unknown name is an error."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec
from msgspec import Struct

_SWITCH = {"on": True, "off": False}


class SettingsError(Exception):
    """Said to the person who starts Touchbook."""


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`database_url` None: the PostgreSQL that comes along. `rate_limit`: requests a minute and key, or off.

    `viewer_zone`: whose day it is for a request that names no zone. `password_grant`: programs may sign people in
    by their password.
    """

    data_dir: Path = Path("data")
    database_url: str | None = None
    pg_bin: Path | None = None
    pool_size: int = 10
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    rate_limit: int | None = 1200
    log_level: str = "info"
    event_days: int = 400
    viewer_zone: Literal["utc", "person"] = "utc"
    password_grant: bool = True


def load_settings(
    environment: Mapping[str, str] = os.environ, file: Path | None = None, **chosen: Any
) -> Settings:
    """Later wins: the file, the environment, what was `chosen` on the command line (None: not chosen)."""
    file = file or Path(environment.get("TOUCHBOOK_CONFIG", "touchbook.toml"))
    values = _from_file(file) | _from_environment(environment)
    values |= {name: value for name, value in chosen.items() if value is not None}
    if values.get("rate_limit") == "off":
        values["rate_limit"] = None
    if values.get("password_grant") in _SWITCH:
        values["password_grant"] = _SWITCH[values["password_grant"]]
    try:
        return msgspec.convert(values, Settings, strict=False, dec_hook=_convert)
    except msgspec.ValidationError as wrong:
        raise SettingsError(f"A setting is wrong: {wrong}") from wrong


def _from_file(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as unreadable:
        raise SettingsError(f"{file} cannot be read: {unreadable}") from unreadable


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    known = set(Settings.__struct_fields__)
    values = {}
    for name, value in environment.items():
        if not name.startswith("TOUCHBOOK_") or name == "TOUCHBOOK_CONFIG":
            continue
        setting = name.removeprefix("TOUCHBOOK_").lower()
        if setting not in known:
            raise SettingsError(f"There is no setting {name}.")
        values[setting] = value
    return values


def _convert(kind: type, value: Any) -> Any:
    if kind is Path:
        return Path(value).expanduser()
    raise NotImplementedError(kind)
