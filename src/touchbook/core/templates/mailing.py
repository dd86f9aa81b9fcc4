from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

MailingState = Literal["draft", "scheduled", "broken"]


class Mailing(Struct, frozen=True):
    """An e-mail to a contact that has not been sent; `body` is clean HTML.

    `task_id` is the first task that sends it. A broken mailing lacks the parts that could not be rendered, and has
    a `broken_reason`.
    """

    id: int
    uid: UUID
    contact_id: int
    sender_id: int
    subject: str | None
    body: str
    state: MailingState
    scheduled_at: datetime | None
    broken_reason: str | None
    state_changed_at: datetime
    sequence_id: int | None
    sequence_state_id: int | None
    sequence_step_id: int | None
    template_id: int | None
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    task_id: int | None
