"""Query parameters. An empty list matches nobody."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from touchbook.core.query.searching import LONGEST_SEARCH, MOST_WORDS
from touchbook.dialects.rechat.parse import LARGEST_PAGE
from touchbook.dialects.rechat.wire import Uid

Flag = Annotated[Literal["true", "false"] | None, Meta(description="Default: false")]
Names = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=200)] | None
Uids = list[Uid] | None
Words = Annotated[
    list[Annotated[str, Meta(max_length=LONGEST_SEARCH)]],
    Meta(
        max_length=MOST_WORDS,
        description="Words or parts of words; all of them must match",
        extra_json_schema={"explode": True},
    ),
]
Time = Annotated[float | None, Meta(description="Seconds since 1970")]
ORDERS = ("display_name", "sort_field", "last_touch", "next_touch", "created_at", "updated_at")
Order = Annotated[
    Annotated[str, Meta(pattern=f"^-?({'|'.join(ORDERS)})$")] | None,
    Meta(description="The sort field; a leading minus reverses the order"),
]


class OmitQuery(Struct, frozen=True, kw_only=True):
    """`omit` names members to leave out (`contact.emails`)."""

    omit: Names = None


class AskedQuery(OmitQuery, frozen=True, kw_only=True):
    """`associations` names further members, `omit` those to leave out (`contact.emails`)."""

    associations: Names = None


class FilterQuery(AskedQuery, frozen=True, kw_only=True):
    """`users` are owners.

    Times are in seconds, both ends included. `alphabet` is the beginning of the sort field.
    """

    q: Words | None = None
    alphabet: str | None = None
    users: Uids = None
    created_by: Uids = None
    updated_by: Uids = None
    crm_task: Uids = None
    lists: Uids = None
    flows: Uids = None
    ids: Uids = None
    excludes: Uids = None
    created_gte: Time = None
    created_lte: Time = None
    updated_gte: Time = None
    updated_lte: Time = None
    last_touch_gte: Time = None
    last_touch_lte: Time = None
    next_touch_gte: Time = None
    next_touch_lte: Time = None


class ListQuery(FilterQuery, frozen=True, kw_only=True):
    """`users` are owners.

    Times are in seconds, both ends included. `alphabet` is the beginning of the sort field.
    """

    start: Annotated[int, Meta(ge=0, le=2**31)] = 0
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = 10
    order: Order = None


class GetQuery(AskedQuery, frozen=True, kw_only=True):
    """With `get` the contacts are in the answer."""

    get: Flag = None


class CreateQuery(GetQuery, frozen=True, kw_only=True):
    """`relax` skips values that are not valid. `activity` records the creation in the timeline."""

    relax: Flag = None
    activity: Flag = None


class BulkQuery(FilterQuery, frozen=True, kw_only=True):
    """With `get` the contacts are in the answer. `users` are owners. At least one filter is required (A-25)."""

    get: Flag = None


class IdsQuery(Struct, frozen=True, kw_only=True):
    """Ids of the query are added to those of the body, which may be left out."""

    ids: Uids = None


class LinkQuery(Struct, frozen=True, kw_only=True):
    """The parameters of a signed link."""

    signature: str
