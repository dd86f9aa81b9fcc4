"""Shapes of requests and answers."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.activities.activity import ActivityKind
from touchbook.core.caller import Visibility
from touchbook.core.lists.rule import Rule, RuleAttribute
from touchbook.core.notifications.notification import NotificationKind
from touchbook.core.query.days import DATE_RANGE
from touchbook.core.teams.settings import MOST_SPREAD

_NO_NUL = {"pattern": r"^[^\u0000]*$"}

Time = Annotated[datetime, Meta(tz=True, description=f"ISO 8601 with an offset, {DATE_RANGE}; by default now")]
Instant = Annotated[
    str,
    Meta(
        description="ISO 8601, UTC, with six digits of a second",
        extra_json_schema={"pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$"},
    ),
]
Name = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=255,
        description="Unique in the team, compared without case",
        extra_json_schema={"pattern": r"^[^\u0000]*[^\s\u0000][^\u0000]*$"},
    ),
]
Subject = Annotated[str, Meta(max_length=1000, extra_json_schema=_NO_NUL)]
Body = Annotated[str, Meta(max_length=100_000, extra_json_schema=_NO_NUL)]
Chosen = Annotated[list[UUID], Meta(max_length=1000, description="The uids of at most 1000 contacts")]
Read = Annotated[list[UUID], Meta(max_length=1000, description="The uids of at most 1000 notifications")]
Days = Annotated[int, Meta(ge=1, le=MOST_SPREAD, description="Over how many days touches due together are spread")]

Offset = Annotated[int, Meta(ge=0, le=2**31 - 1, description="How many rows to skip")]
Limit = Annotated[int, Meta(ge=1, le=1000, description="How many rows at most")]


class Page(Struct, frozen=True, kw_only=True):
    """`has_more` of the answer says whether more rows follow."""

    offset: Offset = 0
    limit: Limit = 50


class NotificationsPage(Page, frozen=True, kw_only=True):
    """With `unread` only unread notifications are listed."""

    unread: bool = False


class NewListBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """With `rule` it is a live list of all contacts that match the rule now, else a list of chosen contacts."""

    name: Name
    rule: Rule | None = None
    contacts: Chosen | None = None


class ListBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A list of chosen contacts cannot become a live one, nor the other way round.

    Other members may be sent back as they were shown.
    """

    name: Name | UnsetType = UNSET
    rule: Rule | UnsetType | None = UNSET


class ChosenBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contacts: Chosen


class ActivityBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One activity is recorded per contact. Every kind but a note is a touch."""

    contacts: Chosen
    kind: ActivityKind
    at: Time | None = None
    outgoing: bool = True
    subject: Subject | None = None
    body: Body | None = None


class ReadBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Either `notifications`, or `all` of them."""

    notifications: Read | None = None
    all: bool = False


class TeamBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other members may be sent back as they were shown."""

    zone: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    region: Annotated[str, Meta(max_length=64)] | UnsetType = UNSET
    contacts_visible: Visibility | UnsetType = UNSET
    touch_tasks: bool | UnsetType = UNSET
    touch_spread_days: Days | UnsetType = UNSET


class RuleItem(Struct, frozen=True, kw_only=True):
    """Only conditions that the rule has."""

    search: str | UnsetType = UNSET
    letter: str | UnsetType = UNSET
    owners: list[UUID] | UnsetType = UNSET
    authors: list[UUID] | UnsetType = UNSET
    editors: list[UUID] | UnsetType = UNSET
    created_from: Instant | UnsetType = UNSET
    created_to: Instant | UnsetType = UNSET
    updated_from: Instant | UnsetType = UNSET
    updated_to: Instant | UnsetType = UNSET
    last_touch_from: Instant | UnsetType = UNSET
    last_touch_to: Instant | UnsetType = UNSET
    next_touch_from: Instant | UnsetType = UNSET
    next_touch_to: Instant | UnsetType = UNSET
    attributes: list[RuleAttribute] | UnsetType = UNSET


class ListItem(Struct, frozen=True, kw_only=True):
    id: UUID
    name: str
    is_live: bool
    rule: RuleItem | None
    created_by: UUID | None
    updated_by: UUID | None
    created_at: Instant
    updated_at: Instant


class ContactItem(Struct, frozen=True, kw_only=True):
    id: UUID
    display_name: str | None
    emails: list[str]
    phone_numbers: list[str]
    tags: list[str]
    owner: UUID | None
    touch_freq: int | None
    last_touch_at: Instant | None
    last_touch_action: str | None
    next_touch_at: Instant | None


class Added(Struct, frozen=True):
    """`added` counts contacts that were new to the list."""

    added: int


class ActivityItem(Struct, frozen=True, kw_only=True):
    """`task` is the one whose completion it records."""

    id: UUID
    contact: UUID
    kind: ActivityKind
    at: Instant
    outgoing: bool
    subject: str | None
    body: str | None
    task: UUID | None
    created_by: UUID | None
    created_at: Instant
    updated_at: Instant


class NotificationItem(Struct, frozen=True, kw_only=True):
    """The instant `at` of a reminder has come; `title` is the present title of its `task`."""

    id: UUID
    kind: NotificationKind
    task: UUID
    title: str
    reminder: UUID
    at: Instant
    created_at: Instant
    read_at: Instant | None


class Marked(Struct, frozen=True):
    """`marked` counts notifications that were unread."""

    read: int


class Unread(Struct, frozen=True):
    unread: int


class About(Struct, frozen=True):
    """The record that an entry of a timeline is about."""

    type: Literal["activity", "contact", "sequence_state", "task"]
    id: UUID


class EntryItem(Struct, frozen=True, kw_only=True):
    """`actor` is a user, or null for Touchbook itself."""

    at: Instant
    kind: str
    record: About
    actor: UUID | None
    surface: str | None
    changes: dict[str, Any]


class TeamItem(Struct, frozen=True, kw_only=True):
    """`touch_tasks`: contacts whose next touch is due get a task."""

    id: UUID
    name: str
    zone: str
    region: str
    contacts_visible: Visibility
    touch_tasks: bool
    touch_spread_days: int


Item = TypeVar("Item")


class Listed(Struct, Generic[Item], frozen=True):
    data: list[Item]
    has_more: bool


class Made(Struct, Generic[Item], frozen=True):
    data: list[Item]


class Problem(Struct, frozen=True, kw_only=True):
    code: str
    message: str
    fields: dict[str, list[str]] | UnsetType = UNSET


class Failure(Struct, frozen=True):
    error: Problem
