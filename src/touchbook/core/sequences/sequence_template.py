from datetime import datetime
from uuid import UUID

from msgspec import Struct


class SequenceTemplate(Struct, frozen=True):
    """The link between a step and a template."""

    id: int
    uid: UUID
    step_id: int
    template_id: int
    enabled: bool
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    sequence_id: int
