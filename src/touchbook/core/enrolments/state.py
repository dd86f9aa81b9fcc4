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
    """How far a contact has come in a sequence: `step_id` is the step it is at, or was last.

    While it is active it has one open task, its step's; else none.
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
