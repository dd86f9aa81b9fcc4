from collections.abc import Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from touchbook.core.foreign_members import NONE, ForeignMembers
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.linking import last_of_each
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.task import DEFAULT_PRIORITY, DealRule, Kind, RecordKind, Status


class NewTask(Struct, frozen=True, kw_only=True):
    """The members of a task that a caller may choose.

    `status` defaults to scheduled if `scheduled_at` is in the future, else to open.
    """

    title: str | None = None
    description: str | None = None
    status: Status | None = None
    priority: int = DEFAULT_PRIORITY
    kind: Kind = "todo"
    origin: str = "manual"
    due_at: datetime | None = None
    due_on: date | None = None
    due_offset: timedelta = timedelta()
    end_at: datetime | None = None
    scheduled_at: datetime | None = None
    autoskip_at: datetime | None = None
    metadata: str | None = None
    foreign_members: ForeignMembers = NONE
    deal_rule: DealRule | None = None
    assignees: Sequence[int] = ()
    associations: Sequence[NewAssociation] = ()
    tags: Sequence[int] = ()
    reminders: Sequence[RequestedReminder] = ()

    def status_at(self, now: datetime) -> Status:
        if self.status:
            return self.status
        return "scheduled" if self.scheduled_at and self.scheduled_at > now else "open"

    def linked(self, kind: RecordKind) -> list[int]:
        """Return the records of that kind by index, those without one last, then in the order given."""
        of_kind = [link for link in last_of_each(self.associations) if link.kind == kind]
        in_order = sorted(of_kind, key=lambda link: (link.index is None, link.index or 0))
        return [link.record for link in in_order]

    def first(self, kind: RecordKind) -> int | None:
        """Return the record that the task will show first."""
        return next(iter(self.linked(kind)), None)
