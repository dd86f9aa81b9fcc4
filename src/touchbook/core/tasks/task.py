"""The task: the union of what all dialects know of it (design, section 6)."""

from datetime import date, datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

from msgspec import Struct

from touchbook.core.folding import fold

Status = Literal["scheduled", "open", "in_progress", "completed", "cancelled", "no_show", "skipped"]
Kind = Literal["call", "message", "todo", "in_person"]
RecordKind = Literal["contact", "deal", "listing", "account"]
DealRule = Literal["last_created", "last_updated", "kept"]

OPEN: frozenset[Status] = frozenset({"scheduled", "open", "in_progress"})
CLOSED: frozenset[Status] = frozenset({"completed", "cancelled", "no_show", "skipped"})

# As they follow each other; what a dialect shows as one status stands together.
LIFE: tuple[Status, ...] = (
    "scheduled",
    "open",
    "in_progress",
    "completed",
    "cancelled",
    "skipped",
    "no_show",
)

DEFAULT_PRIORITY = 2


class TaskMembers:
    """The properties of a task that follow from its members, for each Struct that has those members.

    Such a Struct names the members that are shown; `reading.py` reads no others. They are called as in Task.
    """

    __slots__ = ()
    __struct_fields__: ClassVar[tuple[str, ...]]

    title: str | None
    description: str | None
    status: Status
    kind: Kind
    origin: str
    due_at: datetime | None
    due_on: date | None
    due_offset: timedelta
    assignees: list[int]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def assignee(self) -> int | None:
        return self.assignees[0] if self.assignees else None

    @property
    def shown_title(self) -> str:
        """Return the title, else the first line of the note, else the name of the kind (M-6)."""
        return self.title or shown_title(None, self.description, self.kind)

    def first(self, kind: RecordKind) -> int | None:
        """Return the record of that kind that single-valued dialects show (M-9)."""
        linked: list[int] = getattr(self, f"{kind}s")
        return linked[0] if linked else None


class Task(Struct, TaskMembers, frozen=True):
    """A date-only task has its civil date in `due_on`, and no `due_at`; `due_offset` is the distance into that
    day, in the team's zone, of the instant it was given with. `priority` runs from 0 (none) to 4 (urgent).
    `assignees` are ordered, and single-valued dialects show the first; `tags` keep the order given; `contacts` to
    `accounts` are the records that the task is linked to, by index, then age. They and `account_id` are as the
    caller of the read sees them. `metadata` is JSON text, as are
    `foreign_members` (foreign_members.py). `deal_rule` chose the first deal; "kept" left it as it
    was. `sequence_id` to `mailing_id` refer to the step of a sequence that created the task, and to its message.
    `disposition_id` and `purpose_id` record the outcome and the purpose of a meeting. The members stand in the
    order of `TASK_COLUMNS`.
    """

    id: int
    uid: UUID
    title: str | None
    description: str | None
    status: Status
    priority: int
    kind: Kind
    origin: str
    due_at: datetime | None
    due_on: date | None
    due_offset: timedelta
    end_at: datetime | None
    scheduled_at: datetime | None
    autoskip_at: datetime | None
    completed_at: datetime | None
    completed_by: int | None
    state_changed_at: datetime
    metadata: str | None
    deal_rule: DealRule | None
    account_id: int | None
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    sequence_id: int | None
    sequence_state_id: int | None
    sequence_step_id: int | None
    sequence_template_id: int | None
    template_id: int | None
    mailing_id: int | None
    disposition_id: int | None
    purpose_id: int | None
    assignees: list[int]
    tags: list[int]
    contacts: list[int]
    deals: list[int]
    listings: list[int]
    accounts: list[int]
    foreign_members: str | None


def shown_title(title: str | None, description: str | None, kind: Kind) -> str:
    if title:
        return title
    first_line = (description or "").strip().partition("\n")[0].strip()
    return first_line or kind.replace("_", " ").capitalize()


def sort_title(shown: str) -> str:
    """Cut the sort key to the length that an index holds."""
    return fold(shown)[:150]
