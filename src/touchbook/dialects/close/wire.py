"""Shapes of requests and answers. An UNSET member was not sent; null was sent as null."""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

LARGEST_PAGE = 1000
MOST_ADDRESSES = 100
LONGEST_QUERY = 2000
Text = Annotated[str, Meta(max_length=65_536)]
Id = Annotated[str, Meta(max_length=255)]
Time = Annotated[str, Meta(max_length=64)]
Query = Annotated[str, Meta(max_length=LONGEST_QUERY)]
Name = Annotated[str, Meta(min_length=1, max_length=1024, pattern=r"\S")]
Day = Annotated[str | None, Meta(description="A day or a date-time")]
Value = Annotated[str, Meta(max_length=50)]
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

    @property
    def moved_to(self) -> str | UnsetType | None:
        return self.due_date if self.date is UNSET else self.date


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
    priority: str | None = None
    resolution: str | None = None
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


class StatusItem(Struct, frozen=True, omit_defaults=True):
    """`type` is set for statuses of opportunities."""

    id: str
    label: str
    type: str | UnsetType = UNSET


class EmailItem(Struct, frozen=True):
    email: Annotated[str, Meta(min_length=1, max_length=320)]
    type: Annotated[str, Meta(max_length=40)] = "office"


class PhoneItem(Struct, frozen=True):
    phone: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"\S")]
    type: Annotated[str, Meta(max_length=40)] = "office"


class UrlItem(Struct, frozen=True):
    url: str
    type: str = "url"


class ContactBody(Struct, frozen=True, kw_only=True):
    """`title` is the contact's job title."""

    lead_id: Id | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET
    title: Name | UnsetType | None = UNSET
    emails: Annotated[list[EmailItem], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET
    phones: Annotated[list[PhoneItem], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET


class ContactItem(Struct, frozen=True, kw_only=True):
    id: str
    lead_id: str | None
    name: str | None
    display_name: str | None
    title: str | None = None
    emails: list[EmailItem]
    phones: list[PhoneItem]
    urls: list[UrlItem] = []
    organization_id: str
    date_created: str
    date_updated: str


class OpportunityBody(Struct, frozen=True, kw_only=True):
    """`value` is in hundredths of the currency; `date_won` is the expected closing date."""

    lead_id: Id | UnsetType | None = UNSET
    contact_id: Id | UnsetType | None = UNSET
    user_id: Id | UnsetType = UNSET
    status_id: Id | UnsetType = UNSET
    note: Text | UnsetType | None = UNSET
    value: Annotated[int, Meta(ge=0, le=10**15)] | UnsetType | None = UNSET
    value_currency: Annotated[str, Meta(max_length=3, pattern="^[A-Z]{3}$")] | UnsetType = UNSET
    date_won: Time | UnsetType | None = UNSET


class OpportunityItem(Struct, frozen=True, kw_only=True):
    id: str
    lead_id: str | None
    lead_name: str | None
    contact_id: str | None
    contact_name: str | None
    user_id: str | None
    user_name: str | None
    status_id: str
    status_label: str
    status_type: str
    note: str
    value: int | None
    value_currency: str
    value_formatted: str | None
    value_period: str = "one_time"
    confidence: int | None = None
    date_won: str | None
    organization_id: str
    date_created: str
    date_updated: str


class LeadBody(Struct, frozen=True, kw_only=True):
    name: Name | UnsetType = UNSET
    status_id: Id | UnsetType = UNSET


class NewLead(LeadBody, frozen=True, kw_only=True):
    """`contacts` are created with the lead."""

    contacts: Annotated[list[ContactBody], Meta(max_length=100)] | UnsetType = UNSET


class LeadItem(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    display_name: str
    status_id: str
    status_label: str
    description: str = ""
    url: str | None = None
    addresses: list[str] = []
    contacts: list[ContactItem]
    custom: dict[str, str] = {}
    organization_id: str
    created_by: str | None
    created_by_name: str | None
    updated_by: str | None
    updated_by_name: str | None
    date_created: str
    date_updated: str


class UserItem(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    first_name: str
    last_name: str
    image: str | None = None
    organizations: list[str]


class MembershipItem(Struct, frozen=True, kw_only=True):
    id: str
    user_id: str
    user_full_name: str
    user_email: str
    organization_id: str
    role_id: str


class OrganizationName(Struct, frozen=True):
    id: str
    name: str


class MeItem(Struct, frozen=True, kw_only=True):
    id: str
    email: str
    first_name: str
    last_name: str
    image: str | None = None
    organizations: list[OrganizationName]
    memberships: list[MembershipItem]


class OrganizationItem(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    currency: str = "USD"
    memberships: list[MembershipItem]
    lead_statuses: list[StatusItem]
    opportunity_statuses: list[StatusItem]
    date_created: str


class FieldsQuery(Struct, frozen=True, kw_only=True):
    """`_fields` selects the members of the answer."""

    fields: list[Value] | None = field(default=None, name="_fields")


class PageQuery(FieldsQuery, frozen=True, kw_only=True):
    """`_limit` is at most 1000. `_fields` selects the members of the answer."""

    skip: Annotated[int, Meta(ge=0, le=2**31)] = field(default=0, name="_skip")
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = field(default=100, name="_limit")


_SEARCH = (
    "Words that must all occur in the lead's name or in a name, address or number of its contacts; and "
    'fields with a value: name:"...", company:"...", email_address:"...", phone:"...", status:"...". '
    "What it does not know is refused."
)


class LeadQuery(PageQuery, frozen=True, kw_only=True):
    """`query` supports words and `field:value`; all of them must match."""

    query: Annotated[Query | None, Meta(description=_SEARCH)] = None


class BelongingQuery(PageQuery, frozen=True, kw_only=True):
    """`query` supports words only."""

    query: Query | None = None
    lead_id: str | None = None


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


Item = TypeVar("Item")


class Listed(Struct, Generic[Item], frozen=True):
    """`has_more` is true if and only if more rows follow."""

    data: list[Item]
    has_more: bool


class Nothing(Struct, frozen=True):
    """An empty object."""


class RateExceeded(Struct, frozen=True):
    message: str
    rate_reset: float
    rate_limit: int
    rate_window: int
    rate_limit_type: str


class Failure(Struct, frozen=True, rename={"field_errors": "field-errors"}):
    """400 has `errors` and `field-errors`, all others `error`, a 429 with `rate_reset` beside it."""

    error: str | RateExceeded | UnsetType = UNSET
    errors: list[str] | UnsetType = UNSET
    field_errors: dict[str, str] | UnsetType = UNSET
    rate_reset: float | UnsetType = UNSET
