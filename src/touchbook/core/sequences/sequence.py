from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Sequence(Struct, frozen=True):
    """A series of steps for a contact. A sequence that is not `enabled` enrols nobody."""

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
