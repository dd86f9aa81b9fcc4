"""The parameters of the calls. An empty list of those who are meant is nobody."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from touchbook.core.query.searching import LONGEST_SEARCH, MOST_WORDS
from touchbook.dialects.rechat.bodies import Uid
from touchbook.dialects.rechat.parse import LARGEST_PAGE

Flag = Annotated[Literal["true", "false"] | None, Meta(description="false unless said")]
Names = Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=200)] | None
Uids = list[Uid] | None
Words = Annotated[
    list[Annotated[str, Meta(max_length=LONGEST_SEARCH)]],
    Meta(
        max_length=MOST_WORDS,
        description="Words, or parts of them, all of which are meant",
        extra_json_schema={"explode": True},
    ),
]
Time = Annotated[float | None, Meta(description="Seconds since 1970")]
ORDERS = ("display_name", "sort_field", "last_touch", "next_touch", "created_at", "updated_at")
Order = Annotated[
    Annotated[str, Meta(pattern=f"^-?({'|'.join(ORDERS)})$")] | None,
    Meta(description="A minus before it turns it round"),
]


class OmitQuery(Struct, frozen=True, kw_only=True):
    """`omit` names members that are not wanted (`contact.emails`)."""

    omit: Names = None


class AskedQuery(OmitQuery, frozen=True, kw_only=True):
    """`associations` names further members, `omit` those that are not wanted (`contact.emails`)."""

    associations: Names = None


class FilterQuery(AskedQuery, frozen=True, kw_only=True):
    """`users` are owners; times are seconds, both ends counted in; `alphabet` is how the sort field begins."""

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
    """`users` are owners; times are seconds, both ends counted in; `alphabet` is how the sort field begins."""

    start: Annotated[int, Meta(ge=0, le=2**31)] = 0
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = 10
    order: Order = None


class GetQuery(AskedQuery, frozen=True, kw_only=True):
    """`get`: answer the contacts."""

    get: Flag = None


class CreateQuery(GetQuery, frozen=True, kw_only=True):
    """`relax`: pass over what is wrong; `activity`: make their coming part of their story."""

    relax: Flag = None
    activity: Flag = None


class BulkQuery(FilterQuery, frozen=True, kw_only=True):
    """`get`: answer the contacts; `users` are owners. Something must say which contacts are meant (A-25)."""

    get: Flag = None


class IdsQuery(Struct, frozen=True, kw_only=True):
    """Beside those in the body, or without it."""

    ids: Uids = None


class LinkQuery(Struct, frozen=True, kw_only=True):
    """As the link has it."""

    signature: str
