from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

NotificationKind = Literal["reminder"]


class Notification(Struct, frozen=True, kw_only=True):
    """A user was notified that the instant `at` of a task's reminder has come.

    `title` is the present title of the task.
    """

    id: int
    uid: UUID
    kind: NotificationKind
    task_uid: UUID
    title: str
    reminder_uid: UUID
    at: datetime
    created_at: datetime
    read_at: datetime | None
