"""A program that people sign in through: registered, with a secret of which the hash alone is stored."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct


class ClientText(NamedTuple):
    """What a client says of itself; its uid as it was sent."""

    uid: str
    secret: str


class Client(Struct, frozen=True, kw_only=True):
    id: int
    uid: UUID
    name: str
    created_at: datetime
    removed_at: datetime | None
