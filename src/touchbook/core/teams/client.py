"""A program that users sign in through. It has a secret, of which only the hash is stored."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct


class ClientText(NamedTuple):
    """The credentials that a client sends; its uid is unparsed."""

    uid: str
    secret: str


class Client(Struct, frozen=True, kw_only=True):
    id: int
    uid: UUID
    name: str
    created_at: datetime
    removed_at: datetime | None
