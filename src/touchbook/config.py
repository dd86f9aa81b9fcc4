"""Reads the settings once: touchbook.toml, then TOUCHBOOK_* of the environment. An unknown name is an error."""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import msgspec
from msgspec import Struct, field

_SWITCH = {"on": True, "off": False}
_MAY_BE_OFF = ("rate_limit", "file_quota", "statement_timeout", "lock_timeout")
_SHORTEST_SECRET = 32
_SHORTEST_TOKEN = 16
_LEAST: Mapping[str, tuple[int, str]] = {
    "processes": (1, ""),
    "connections": (1, ""),
    "pool_size": (2, ""),
    "rate_limit": (1, ", or off"),
    "file_limit": (1, " byte"),
    "command_timeout": (1, " second"),
    "file_quota": (1, " byte, or off"),
}
_LONGEST_TIMEOUT = 3600
_ROOT = Path(__file__).parents[2]
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,62}")
_BUCKET_OPTIONS = frozenset({"endpoint", "region"})


def default_data_dir(environment: Mapping[str, str] = os.environ) -> Path:
    """Return systemd's state directory, else `data` in the clone that this is installed from, else the user's own.

    It does not depend on the working directory.
    """
    if state := environment.get("STATE_DIRECTORY"):
        return Path(state.partition(":")[0])
    if (_ROOT / "pyproject.toml").is_file() and (_ROOT / "src" / "touchbook").is_dir():
        return _ROOT / "data"
    home = environment.get("XDG_DATA_HOME", "")
    # A relative one is to be ignored, by the XDG Base Directory Specification.
    return (Path(home) if home.startswith("/") else Path("~/.local/share").expanduser()) / "touchbook"


class SettingsError(Exception):
    """The message is for the person who starts Touchbook."""


class Bucket(Struct, frozen=True):
    """`prefix` has no slashes around it; `options` are endpoint and region, as far as they are set."""

    name: str
    prefix: str
    options: Mapping[str, str]

    @property
    def is_plain(self) -> bool:
        return self.options.get("endpoint", "").startswith("http:")


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`database_url` None means the embedded PostgreSQL. Timeouts are in seconds, None is no limit.

    `rate_limit` counts requests per minute and key, or is off. `viewer_zone` is the zone of days for a request
    that names none. `password_grant` allows programs to sign users in by password. `files_url` None stores files
    in the data directory. `file_limit` is in bytes, and so is `file_quota`, of all files of a team. `secret_key`
    is one key, or several separated by commas; None creates one in the data directory. `metrics_token` None
    answers `/metrics` for this machine alone.
    """

    data_dir: Path = field(default_factory=default_data_dir)
    database_url: str | None = None
    database_pooler: Literal["none", "transaction"] = "none"
    worker_database_url: str | None = None
    command_timeout: int = 60
    pg_bin: Path | None = None
    pool_size: int = 10
    wait_timeout: float = 1.0
    statement_timeout: float | None = 10.0
    lock_timeout: float | None = 5.0
    processes: int = 1
    connections: int = 800
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str | None = None
    rate_limit: int | None = 1200
    log_level: str = "info"
    event_days: int = 400
    viewer_zone: Literal["utc", "person"] = "utc"
    password_grant: bool = True
    files_url: str | None = None
    file_limit: int = 50_000_000
    file_quota: int | None = None
    secret_key: str | None = None
    metrics_token: str | None = None

    @property
    def bucket(self) -> Bucket | None:
        return None if self.files_url is None else read_bucket(self.files_url)

    @property
    def secret_keys(self) -> Sequence[str]:
        return [key.strip() for key in (self.secret_key or "").split(",") if key.strip()]


def load_settings(
    environment: Mapping[str, str] = os.environ, file: Path | None = None, **chosen: Any
) -> Settings:
    """Later ones win: the file, the environment, the command line (`chosen`, None: not given)."""
    file = file or Path(environment.get("TOUCHBOOK_CONFIG", "touchbook.toml"))
    values = {"data_dir": default_data_dir(environment)} | _from_file(file) | _from_environment(environment)
    values |= {name: value for name, value in chosen.items() if value is not None}
    values |= {name: None for name in _MAY_BE_OFF if values.get(name) == "off"}
    if str(values.get("rate_limit")) == "0":
        values["rate_limit"] = None
    if values.get("password_grant") in _SWITCH:
        values["password_grant"] = _SWITCH[values["password_grant"]]
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_convert)
    except msgspec.ValidationError as wrong:
        raise SettingsError(_plain_words(str(wrong))) from wrong
    _check(settings)
    return settings


def read_bucket(url: str) -> Bucket:
    """Read `s3://name/prefix?endpoint=...&region=...`. Errors never quote a wrong value, which may be a secret."""
    try:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as unreadable:
        raise SettingsError("A setting is wrong: files_url cannot be read.") from unreadable
    if parts.scheme != "s3" or not _BUCKET.fullmatch(parts.netloc):
        raise SettingsError(
            "A setting is wrong: files_url must be s3://bucket or s3://bucket/prefix. "
            "Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if options.keys() - _BUCKET_OPTIONS or parts.fragment:
        raise SettingsError("A setting is wrong: after the ? files_url may have only endpoint and region.")
    if not _is_address(options.get("endpoint", "https://s3")):
        raise SettingsError("A setting is wrong: the endpoint of files_url must be http(s)://host.")
    return Bucket(parts.netloc, parts.path.strip("/"), options)


def _plain_words(problem: str) -> str:
    """Name the setting alone: the decoder's own message speaks of types, and could quote a secret."""
    unknown = re.search(r"unknown field `(\w+)`", problem)
    if unknown:
        return f"There is no setting {unknown[1]}."
    name = problem.rpartition("`$.")[2].rstrip("`")
    return f"A setting is wrong: {name} has a value that is not valid (docs/operate/settings.md)."


def _check(settings: Settings) -> None:
    if settings.public_url is not None and not _is_address(settings.public_url):
        raise SettingsError("A setting is wrong: public_url must be http(s)://host.")
    if settings.files_url is not None:
        read_bucket(settings.files_url)
    for name, (least, unit) in _LEAST.items():
        value = getattr(settings, name)
        if value is not None and value < least:
            raise SettingsError(f"A setting is wrong: {name} must be at least {least}{unit}.")
    for name in ("wait_timeout", "statement_timeout", "lock_timeout"):
        seconds = getattr(settings, name)
        if seconds is not None and not 0 < seconds <= _LONGEST_TIMEOUT:
            raise SettingsError(f"A setting is wrong: {name} must be in seconds, at most {_LONGEST_TIMEOUT}.")
    if settings.metrics_token is not None and len(settings.metrics_token) < _SHORTEST_TOKEN:
        raise SettingsError(f"A setting is wrong: metrics_token must have at least {_SHORTEST_TOKEN} characters.")
    if settings.worker_database_url is not None and settings.database_url is None:
        raise SettingsError("A setting is wrong: worker_database_url needs a database_url beside it.")
    if settings.database_pooler == "transaction" and settings.worker_database_url is None:
        raise SettingsError(
            "A setting is wrong: database_pooler = transaction needs worker_database_url, an address of the "
            "server itself, since a pooler in transaction mode carries no notifications."
        )
    short = any(len(key) < _SHORTEST_SECRET for key in settings.secret_keys)
    if short or (settings.secret_key is not None and not settings.secret_keys):
        raise SettingsError(
            f"A setting is wrong: each key in secret_key must have at least {_SHORTEST_SECRET} characters."
        )


def _is_address(url: str) -> bool:
    """Return whether it is the address of a web server without path or query."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    bare = not (parts.query or parts.fragment or parts.username)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare


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
