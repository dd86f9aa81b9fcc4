from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

ActivityKind = Literal["email", "call", "sms", "note", "meeting"]


class Activity(Struct, frozen=True):
    """Something that happened with a contact at an instant.

    Every kind but `note` counts as a touch. `task_id` is the task whose completion it records. The members stand
    in the order of ACTIVITY_COLUMNS.
    """

    id: int
    uid: UUID
    contact_id: int
    kind: ActivityKind
    at: datetime
    outgoing: bool
    subject: str | None
    body: str | None
    task_id: int | None
    created_by: int | None
    created_at: datetime
    updated_at: datetime
