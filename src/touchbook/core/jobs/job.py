from datetime import datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

JobStatus = Literal["waiting", "running", "done"]


class Job(Struct, frozen=True, kw_only=True):
    """Long work that a user requested. `done` counts rows out of `total`, the `failed` ones included."""

    id: int
    uid: UUID
    kind: str
    status: JobStatus
    total: int
    done: int
    failed: int
    surface: str
    created_by: int
    created_at: datetime
    updated_at: datetime
