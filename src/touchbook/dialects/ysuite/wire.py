"""Shapes of requests and answers."""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

from touchbook.core.query.days import DATE_RANGE
from touchbook.core.tasks.task import Kind, TaskMembers
from touchbook.core.tasks.task import Status as TaskStatus

_NO_NUL = {"pattern": r"^[^\u0000]*$"}
_SOMETHING_SEEN = r"^[^\u0000]*[^\s\u0000-\u001f][^\u0000]*$"

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Text = Annotated[str, Meta(extra_json_schema=_NO_NUL)]
Title = Annotated[
    str, Meta(min_length=1, max_length=150, pattern=_SOMETHING_SEEN, description="At least one visible character")
]
Naive = Annotated[
    datetime,
    Meta(
        tz=False,
        description=f"Local time of the team, YYYY-MM-DDTHH:MM:SS, of a day {DATE_RANGE}",
        extra_json_schema={"format": "date-time-local"},
    ),
]
Day = Annotated[date, Meta(description=f"A day {DATE_RANGE}")]
Status = Annotated[int, Meta(ge=0, le=4, description="0 open, 1 in progress, 2 completed, 3 cancelled, 4 no show")]
Priority = Annotated[int, Meta(ge=0, le=4, description="0 none, 1 low, 2 medium, 3 high, 4 urgent")]
LocalTime = Annotated[
    str,
    Meta(
        description="Local time of the team",
        extra_json_schema={"pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"},
    ),
]
Yes = Annotated[bool, Meta(extra_json_schema={"const": True})]
No = Annotated[bool, Meta(extra_json_schema={"const": False})]
SortBy = Literal["start_datetime", "end_datetime", "title", "status", "priority", "created_at"]

LARGEST_PAGE = 100
_LARGEST_INT = 2**31 - 1
PageSize = Annotated[int, Meta(ge=1, le=_LARGEST_INT, description="Records a page; above 100 is taken as 100")]
PageIndex = Annotated[int, Meta(ge=0, le=_LARGEST_INT, description="The page, counted from 0")]
Search = Annotated[Text, Meta(description="Part of the title or name, compared without case")]


class Page(Struct, frozen=True, kw_only=True):
    """A `pageSize` above 100 is taken as 100 (A-42)."""

    page_size: PageSize = field(default=10, name="pageSize")
    page_index: PageIndex = field(default=0, name="pageIndex")
    search: Search | None = None

    @property
    def limit(self) -> int:
        return min(self.page_size, LARGEST_PAGE)

    @property
    def offset(self) -> int:
        return self.page_index * self.limit


class TaskQuery(Page, frozen=True, kw_only=True):
    """Due dates are those of start_datetime (A-19) in the team's time zone, both ends included."""

    status: Status | None = None
    priority: Priority | None = None
    assigned_user_id: Id | None = None
    due_date_from: Day | None = None
    due_date_to: Day | None = None
    sort_by: SortBy = field(default="start_datetime", name="sortBy")
    sort_order: Literal["asc", "desc"] = field(default="asc", name="sortOrder")


class TaskBody(Struct, frozen=True, kw_only=True):
    """At least one of deal_id and cstid is required (V1-29)."""

    title: Title
    start_datetime: Naive
    deal_id: Id | None = None
    cstid: Id | None = None
    end_datetime: Naive | None = None
    description: Annotated[Text, Meta(max_length=65_536)] | None = None
    priority: Priority | None = None
    status: Status | None = None
    assigned_user_id: Id | None = None
    tags: Annotated[list[Id], Meta(max_length=100)] | None = None


class ShownTask(Struct, TaskMembers, frozen=True):
    """The members of a task that TaskItem shows, called as in the core."""

    id: int
    title: str | None
    description: str | None
    kind: Kind
    status: TaskStatus
    priority: int
    due_at: datetime | None
    due_on: date | None
    end_at: datetime | None
    assignees: list[int]
    tags: list[int]
    contacts: list[int]
    deals: list[int]


class TaskItem(Struct, frozen=True, kw_only=True):
    """The last four members are there only if they are set (A-35)."""

    activity_id: int
    title: str
    activity_type: Literal["Task"] = "Task"
    status: Status
    priority: Priority
    start_datetime: LocalTime | None
    end_datetime: LocalTime | None
    cstid: int | None
    deal_id: int | UnsetType = UNSET
    description: str | UnsetType = UNSET
    assigned_user_id: int | UnsetType = UNSET
    tags: list[int] | UnsetType = UNSET


class CreatedTask(Struct, frozen=True, kw_only=True):
    activity_id: int
    title: str
    activity_type: Literal["Task"] = "Task"


class ContactItem(Struct, frozen=True, kw_only=True):
    cstid: int
    name: str | None
    first_name: str | None
    last_name: str | None
    email: str | None
    phone: str | None


class DealItem(Struct, frozen=True, kw_only=True):
    deal_id: int
    title: str
    status: Literal["active", "won", "lost"]
    cstid: int | None
    value: float | None
    currency: str


Item = TypeVar("Item")


class Success(Struct, Generic[Item], frozen=True, kw_only=True):
    success: Yes = True
    message: str | UnsetType = UNSET
    data: Item


class Listed(Struct, Generic[Item], frozen=True, kw_only=True):
    """`current_page` counts from one (A-18)."""

    data: list[Item]
    current_page: int
    total_records: int
    total_pages: int


class Failure(Struct, frozen=True, kw_only=True):
    success: No = False
    message: str
    errors: dict[str, list[str]] | UnsetType = UNSET
