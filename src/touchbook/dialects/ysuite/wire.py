"""The shapes of the wire: what is asked, what is sent, what comes back."""

from datetime import date, datetime
from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Level = Annotated[int, Meta(ge=0, le=4)]
Title = Annotated[str, Meta(min_length=1, max_length=150)]
Naive = Annotated[datetime, Meta(tz=False, description="Local time of the team: YYYY-MM-DDTHH:MM:SS")]
SortBy = Literal["start_datetime", "end_datetime", "title", "status", "priority", "created_at"]

LARGEST_PAGE = 100
_LARGEST_INT = 2**31 - 1


class Page(Struct, frozen=True, kw_only=True):
    """A `pageSize` above 100 is taken as 100 (A-42)."""

    page_size: Annotated[int, Meta(ge=1, le=_LARGEST_INT)] = field(default=10, name="pageSize")
    page_index: Annotated[int, Meta(ge=0, le=_LARGEST_INT)] = field(default=0, name="pageIndex")
    search: str | None = None

    @property
    def limit(self) -> int:
        return min(self.page_size, LARGEST_PAGE)

    @property
    def offset(self) -> int:
        return self.page_index * self.limit


class TaskQuery(Page, frozen=True, kw_only=True):
    """Due dates are those of start_datetime (A-19) in the team's time zone, both ends included."""

    status: Level | None = None
    priority: Level | None = None
    assigned_user_id: Id | None = None
    due_date_from: date | None = None
    due_date_to: date | None = None
    sort_by: SortBy = field(default="start_datetime", name="sortBy")
    sort_order: Literal["asc", "desc"] = field(default="asc", name="sortOrder")


class TaskBody(Struct, frozen=True, kw_only=True):
    """At least one of deal_id and cstid is required (V1-29)."""

    title: Title
    start_datetime: Naive
    deal_id: Id | None = None
    cstid: Id | None = None
    end_datetime: Naive | None = None
    description: str | None = None
    priority: Level | None = None
    status: Level | None = None
    assigned_user_id: Id | None = None
    tags: list[Id] | None = None


class TaskItem(Struct, frozen=True, kw_only=True):
    """The last four are there only when set (A-35)."""

    activity_id: int
    title: str
    activity_type: Literal["Task"] = "Task"
    status: int
    priority: int
    start_datetime: str | None
    end_datetime: str | None
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
    success: bool = True
    message: str | UnsetType = UNSET
    data: Item


class Listed(Struct, Generic[Item], frozen=True, kw_only=True):
    """`current_page` counts from one (A-18)."""

    data: list[Item]
    current_page: int
    total_records: int
    total_pages: int


class Failure(Struct, frozen=True, kw_only=True):
    success: bool = False
    message: str
    errors: dict[str, list[str]] | UnsetType = UNSET
