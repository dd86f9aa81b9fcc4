"""Keys that sign: TOUCHBOOK_SECRET_KEY, or a key created once in the data directory."""

import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from touchbook.config import Settings
from touchbook.store.errors import StoreError

FILE = "secret.key"


def secret_keys(settings: Settings) -> Sequence[str]:
    """The first key signs, each is accepted."""
    return settings.secret_keys or [_provide(settings.data_dir)]


def _provide(data_dir: Path) -> str:
    """Return the existing key; of two processes that create one at once, the first wins."""
    file = data_dir / FILE
    with suppress(FileNotFoundError):
        return _read(file)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = _write_beside(file, f"{secrets.token_urlsafe(48)}\n".encode())
    try:
        with suppress(FileExistsError):
            os.link(part, file)
    finally:
        part.unlink()
    return _read(file)


def write_key(data_dir: Path, key: bytes) -> None:
    """Replace the existing key."""
    _write_beside(data_dir / FILE, key).replace(data_dir / FILE)


def _write_beside(file: Path, key: bytes) -> Path:
    part = file.with_name(f".{FILE}.{secrets.token_hex(4)}")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(key)
        out.flush()
        os.fsync(out.fileno())
    return part


def _read(file: Path) -> str:
    key = file.read_text(encoding="ascii").strip()
    if not key:
        raise StoreError(f"{file} is empty. Remove it, and links that were given out end; a new key is made.")
    return key
