"""The changes that a task accepts, in terms of the core.

A dialect maps its request body to this and to nothing else.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.foreign_members import ForeignMembers
from touchbook.core.tasks.association import AssociationChange, NewAssociation
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.task import DealRule, Kind, RecordKind, Status

NO_RECORDS: Mapping[RecordKind, int | None] = {}


class Due(Struct, frozen=True):
    """Due at an instant, on a day, or (neither) without a time. A day keeps its offset unless another is given."""

    at: datetime | None = None
    on: date | None = None
    offset: timedelta | None = None


class TaskChanges(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is, and a value that the task has already is no change.

    `status` ends an open task or marks it as in progress; an ended task keeps its status unless `reopen` is set,
    then it is open, or has `status`. `snooze` postpones to an instant, or (None) by a day. `assignees`
    replaces all, `assignee` the first (M-8), `handed_over` one by another in the same position, on open tasks
    only. `associations` adds or changes links, `first_records` replaces the first of each kind, None removes it
    (M-9); `dissociated` are ids of links. With `chooses_deal` the deal that `deal_rule` picks replaces the
    first. `reminders` replaces all. `touched` updates `updated_at` even if nothing differs (RT-92).
    """

    title: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    metadata: str | UnsetType | None = UNSET
    foreign_members: ForeignMembers | UnsetType = UNSET
    end_at: datetime | UnsetType | None = UNSET
    autoskip_at: datetime | UnsetType | None = UNSET
    deal_rule: DealRule | UnsetType | None = UNSET
    chooses_deal: bool = False
    disposition_id: int | UnsetType = UNSET
    purpose_id: int | UnsetType = UNSET
    scheduled_at: datetime | UnsetType | None = UNSET
    due: Due | UnsetType = UNSET
    snooze: datetime | UnsetType | None = UNSET
    assignees: Sequence[int] | UnsetType = UNSET
    assignee: int | UnsetType | None = UNSET
    handed_over: tuple[int, int] | UnsetType = UNSET
    associations: Sequence[NewAssociation] = ()
    association_changes: Sequence[AssociationChange] = ()
    first_records: Mapping[RecordKind, int | None] = NO_RECORDS
    dissociated: Collection[int] = ()
    reminders: Sequence[RequestedReminder] | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    reopen: bool = False
    touched: bool = False
