from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Sequence(Struct, frozen=True):
    """What is done with a contact, step by step. One that is not `enabled` takes nobody in."""

    id: int
    uid: UUID
    name: str
    description: str | None
    enabled: bool
    owner_id: int
    tags: list[str]
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
