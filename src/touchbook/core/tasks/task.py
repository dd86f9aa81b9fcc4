"""The task: the union of what all dialects know of it (design, section 6)."""

from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from msgspec import Struct

from touchbook.core.folding import fold

Status = Literal["scheduled", "open", "in_progress", "completed", "cancelled", "no_show", "skipped"]
Kind = Literal["call", "message", "todo", "in_person"]
RecordKind = Literal["contact", "deal", "listing", "account"]
OpportunityRule = Literal["recent_created", "recent_updated", "noop"]

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


class Link(Struct, frozen=True, kw_only=True, array_like=True):
    """What a task itself says of an association; `record` is its record's id. Members in the store's order."""

    id: int
    uid: UUID
    kind: RecordKind
    record: int
    index: int | None


class Task(Struct, frozen=True):
    """Date-only: `due_on` holds the civil date and `due_at` is None; `due_offset` is how far into that day, in the
    team's zone, the instant lies that it was given with. Priority 0 none to 4 urgent.

    `assignees` in order, the first is the one that single-valued dialects show; `associations` by index, then age.
    They, and `account_id`, are as the caller of the read sees them. `tags` as they were given. `metadata` and
    `source` are JSON text. `sequence_id` to `mailing_id`: the step of a sequence that asked for it, and what it
    says. `disposition_id`, `purpose_id`: how the meeting was that it asked for, and what for. The members stand in
    the order of `task_columns`.
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
    source: str | None
    opportunity_rule: OpportunityRule | None
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
    associations: list[Link]
    tags: list[int]

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def assignee(self) -> int | None:
        return self.assignees[0] if self.assignees else None

    @property
    def shown_title(self) -> str:
        """A task without a title goes by its note's first line, else by its kind (M-6)."""
        return shown_title(self.title, self.description, self.kind)

    def first(self, kind: RecordKind) -> int | None:
        """The record of that kind that single-valued dialects show (M-9)."""
        for link in self.associations:
            if link.kind == kind:
                return link.record
        return None


def shown_title(title: str | None, description: str | None, kind: Kind) -> str:
    if title:
        return title
    first_line = (description or "").strip().partition("\n")[0].strip()
    return first_line or kind.replace("_", " ").capitalize()


def sort_title(shown: str) -> str:
    """What lists by title go by; no longer than an index holds."""
    return fold(shown)[:150]
