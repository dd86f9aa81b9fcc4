from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

StateName = Literal["active", "paused", "finished"]
Outcome = Literal["replied", "no_reply"]
FinishReason = Literal[
    "completed", "replied", "no_reply", "stopped", "opted_out", "contact_deleted", "sequence_deleted"
]


class SequenceState(Struct, frozen=True):
    """The progress of a contact in a sequence:

    `step_id` is its present or last step. An active state has exactly one open task, any other has none.
    """

    id: int
    uid: UUID
    sequence_id: int
    contact_id: int
    step_id: int
    owner_id: int
    state: StateName
    finish_reason: FinishReason | None
    state_changed_at: datetime
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
