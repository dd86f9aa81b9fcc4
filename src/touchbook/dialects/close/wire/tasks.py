"""Tasks, and the filters of their lists."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from touchbook.core.tasks.task import Kind, Status, TaskMembers
from touchbook.dialects.close.wire.shared import LARGEST_PAGE, Id, Text, Time, Value

Priority = Literal["high", "medium"]
Day = Annotated[str | None, Meta(description="A day or a date-time")]
# Of a list whose parameters come in a body, since they would not fit into an address.
MOST_VALUES_IN_BODY = 10_000


class TaskBody(Struct, frozen=True, kw_only=True):
    """Body of create and update; `due_date` only counts if `date` is missing (CL-57)."""

    _type: Id | UnsetType = UNSET
    lead_id: Id | UnsetType | None = UNSET
    contact_id: Id | UnsetType | None = UNSET
    assigned_to: Id | UnsetType | None = UNSET
    text: Text | UnsetType | None = UNSET
    date: Time | UnsetType | None = UNSET
    due_date: Time | UnsetType | None = UNSET
    is_complete: bool | UnsetType = UNSET
    is_dateless: bool | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    resolution: Text | UnsetType | None = UNSET
    agent_config_id: Id | UnsetType | None = UNSET

    @property
    def moved_to(self) -> str | UnsetType | None:
        return self.due_date if self.date is UNSET else self.date


class ShownTask(Struct, TaskMembers, frozen=True):
    """The members of a task that TaskItem shows, called as in the core."""

    id: int
    uid: UUID
    title: str | None
    description: str | None
    kind: Kind
    origin: str
    status: Status
    priority: int
    due_at: datetime | None
    due_on: date | None
    account_id: int | None
    assignees: list[int]
    contacts: list[int]
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime
    foreign_members: str | None


class TaskItem(Struct, frozen=True, kw_only=True):
    """Every member is always there; those that do not apply to a type are null."""

    id: str
    _type: str
    lead_id: str | None
    lead_name: str | None
    contact_id: str | None
    contact_name: str | None
    assigned_to: str | None
    assigned_to_name: str | None
    text: str | None
    date: str | None
    due_date: str | None
    is_complete: bool
    is_dateless: bool
    is_new: bool
    is_primary_lead_notification: bool
    object_type: str | None
    object_id: str | None
    organization_id: str
    created_by: str | None
    created_by_name: str | None
    updated_by: str | None
    updated_by_name: str | None
    date_created: str
    date_updated: str
    view: str | None = None
    deduplication_key: str | None = None
    sequence_id: str | None = None
    sequence_subscription_id: str | None = None
    priority: Priority
    resolution: str | None = None
    agent_config_id: str | None = None
    emails: list[str] | None = None
    subject: str | None = None
    body_preview: str | None = None
    email_id: str | None = None
    phone: str | None = None
    phone_formatted: str | None = None
    phone_number_description: str | None = None
    local_phone: str | None = None
    remote_phone: str | None = None
    remote_phone_formatted: str | None = None
    remote_phone_description: str | None = None
    voicemail_duration: int | None = None
    voicemail_url: str | None = None
    recording_url: str | None = None
    opportunity_value: int | None = None
    opportunity_value_currency: str | None = None
    opportunity_value_formatted: str | None = None
    opportunity_value_period: str | None = None
    opportunity_note: str | None = None


class BulkAnswer(Struct, frozen=True):
    """`count` is the number of tasks that matched (A-43)."""

    count: int


OrderBy = Literal["date", "-date", "date_created", "-date_created"]


class TaskFilters(Struct, frozen=True, kw_only=True):
    """Without `_type` only lead tasks are listed.

    Days are in the zone of `X-TZ-Offset`; a date-time without offset is UTC.
    """

    id: str | None = None
    id__in: list[Value] | None = None
    type: Annotated[str | None, Meta(description="A type of task, or all")] = field(default=None, name="_type")
    type__in: list[Value] | None = field(default=None, name="_type__in")
    lead_id: str | None = None
    membership_id: Annotated[str | None, Meta(description="Tasks of the user with that membership")] = None
    organization_id: str | None = None
    assigned_to: str | None = None
    is_complete: Literal["true", "false", "True", "False"] | None = None
    view: Literal["inbox", "future", "archive"] | None = None
    date: Day = None
    date__lt: Day = None
    date__lte: Day = None
    date__gt: Day = None
    date__gte: Day = None
    due_date: Day = None
    due_date__lt: Day = None
    due_date__lte: Day = None
    due_date__gt: Day = None
    due_date__gte: Day = None
    date_created__lt: Day = None
    date_created__lte: Day = None
    date_created__gt: Day = None
    date_created__gte: Day = None
    date_updated__lt: Day = None
    date_updated__lte: Day = None
    date_updated__gt: Day = None
    date_updated__gte: Day = None


class TaskQuery(TaskFilters, frozen=True, kw_only=True):
    """Without `_type` only lead tasks are listed.

    Days are in the zone of `X-TZ-Offset`; a date-time without offset is UTC.
    """

    order_by: OrderBy = field(default="date", name="_order_by")
    skip: Annotated[int, Meta(ge=0, le=2**31)] = field(default=0, name="_skip")
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = field(default=100, name="_limit")
    fields: list[Value] | None = field(default=None, name="_fields")


class BulkQuery(TaskFilters, frozen=True, kw_only=True):
    """At least one filter or view is required (A-31).

    All matching tasks are updated; with `_skip` or `_limit`, only those on that page of the list.
    """

    order_by: OrderBy = field(default="date", name="_order_by")
    skip: Annotated[int, Meta(ge=0, le=2**31)] | None = field(default=None, name="_skip")
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] | None = field(default=None, name="_limit")
    fields: list[Value] | None = field(default=None, name="_fields")
