from datetime import datetime
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.tasks.task import RecordKind


class Association(Struct, frozen=True):
    """A task's link to a record, with the identities of the record and of its creator. `metadata` is JSON text."""

    id: int
    uid: UUID
    task_id: int
    kind: RecordKind
    record: int
    record_uid: UUID
    index: int | None
    metadata: str | None
    created_by: int
    creator_uid: UUID
    created_at: datetime
    updated_at: datetime


class NewAssociation(Struct, frozen=True):
    """`metadata` is JSON text."""

    kind: RecordKind
    record: int
    index: int | None = None
    metadata: str | None = None


class AssociationChange(Struct, frozen=True, kw_only=True):
    """The requested changes of an association."""

    id: int
    index: int | UnsetType | None = UNSET
    metadata: str | UnsetType | None = UNSET
