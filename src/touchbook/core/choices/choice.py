from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

Choices = Literal["stages", "personas", "task_dispositions", "task_purposes"]


class Choice(Struct, frozen=True):
    """One option of a list that the team defines, such as a stage or a persona, ordered by `position`.

    The members stand in the order of CHOICE_COLUMNS.
    """

    id: int
    uid: UUID
    name: str
    description: str | None
    position: int
    created_by: int | None
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
