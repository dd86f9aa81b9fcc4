"""What may be changed of a task, in the product's own words: a dialect maps its body to this and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.tasks.association import AssociationChange, NewAssociation
from touchbook.core.tasks.reminder import WishedReminder
from touchbook.core.tasks.task import Kind, OpportunityRule, RecordKind, Status

NO_RECORDS: Mapping[RecordKind, int | None] = {}


class Due(Struct, frozen=True):
    """Due at an instant, on a day, or (neither) without a time. A day keeps its offset unless another is given."""

    at: datetime | None = None
    on: date | None = None
    offset: timedelta | None = None


class TaskChanges(Struct, frozen=True, kw_only=True):
    """UNSET is not said. What is as it is said to be is no change.

    `status` ends an open task, or says of an open one whether it is in progress: what has ended stays as it ended
    unless it is to `reopen`, as open or as `status` says. `snooze`: until then, or (None) by a day; open tasks
    alone. `assignees` are all of them, `assignee` takes the place of the first (M-8); `handed_over`: from one to
    another, who takes the same place, of open tasks alone. `associations` come, or
    change what stands; `first_records` take the place of the first of their kind, None removes it (M-9);
    `dissociated` are ids of associations. `chooses_deal`: the deal that `opportunity_rule` chooses takes the place
    of the first. `reminders` are all of them. `touched`: it counts as changed even if nothing differs (RT-92).
    """

    title: str | UnsetType | None = UNSET
    description: str | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    metadata: str | UnsetType | None = UNSET
    end_at: datetime | UnsetType | None = UNSET
    autoskip_at: datetime | UnsetType | None = UNSET
    opportunity_rule: OpportunityRule | UnsetType | None = UNSET
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
    reminders: Sequence[WishedReminder] | UnsetType = UNSET
    status: Status | UnsetType = UNSET
    reopen: bool = False
    touched: bool = False
