from datetime import datetime
from uuid import UUID

from msgspec import Struct


class Reminder(Struct, frozen=True):
    """`at` is the instant, of a `relative` reminder too, which moves with the due time of its task."""

    id: int
    uid: UUID
    task_id: int
    relative: bool
    at: datetime
    created_at: datetime
    updated_at: datetime


class RequestedReminder(Struct, frozen=True):
    """Without `uid` it is a new reminder."""

    relative: bool
    at: datetime
    uid: UUID | None = None
