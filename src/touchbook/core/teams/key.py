"""An API key: `tb_<id>_<secret>`, of which only the hash is stored."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from msgspec import Struct

from touchbook.core.caller import Scope


class KeyText(NamedTuple):
    id: int
    secret: str


class Key(Struct, frozen=True, kw_only=True):
    id: int
    name: str
    scope: Scope
    dialects: list[str] | None
    email: str
    team: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> bytes:
    """Use plain SHA-256: the secret is 32 random bytes, which cannot be guessed."""
    return hashlib.sha256(secret.encode()).digest()


def read_key_text(text: str) -> KeyText | None:
    """Return the parts of `tb_<id>_<secret>`, or None for anything else."""
    return read_secret_text(text, "tb")


def read_secret_text(text: str, prefix: str) -> KeyText | None:
    """Return the parts of `<prefix>_<id>_<secret>`, or None for anything else."""
    head, _, rest = text.partition("_")
    number, _, secret = rest.partition("_")
    if head != prefix or not secret or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    return KeyText(int(number), secret)
