"""Shapes that several resources share. An UNSET member was not sent; null was sent as null."""

from typing import Annotated, Any, Generic, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType, field

LARGEST_PAGE = 1000
LONGEST_QUERY = 2000
Text = Annotated[str, Meta(max_length=65_536)]
CustomValue = str | int | float | list[str | int | float] | None
# Whoever sends a whole record back sends each value twice: by name here, and as a member `custom.cf_...`.
MOST_CUSTOM_VALUES = 400
LONGEST_FIELD_NAME = 255
CustomValues = Annotated[
    dict[Annotated[str, Meta(max_length=LONGEST_FIELD_NAME)], Any], Meta(max_length=MOST_CUSTOM_VALUES)
]
Url = Annotated[str, Meta(max_length=2048)]
Id = Annotated[str, Meta(max_length=255)]
Time = Annotated[str, Meta(max_length=64)]
Query = Annotated[str, Meta(max_length=LONGEST_QUERY)]
Name = Annotated[str, Meta(min_length=1, max_length=1024, pattern=r"\S")]
Value = Annotated[str, Meta(max_length=50)]
# `custom.` and the id or the name of a field are longer than any other member.
Member = Annotated[str, Meta(max_length=300)]


class StatusItem(Struct, frozen=True, omit_defaults=True):
    """`type` is set for statuses of opportunities."""

    id: str
    label: str
    type: str | UnsetType = UNSET


class FieldsQuery(Struct, frozen=True, kw_only=True):
    """`_fields` selects the members of the answer."""

    fields: list[Member] | None = field(default=None, name="_fields")


class PageQuery(FieldsQuery, frozen=True, kw_only=True):
    """`_limit` is at most 1000. `_fields` selects the members of the answer."""

    skip: Annotated[int, Meta(ge=0, le=2**31)] = field(default=0, name="_skip")
    limit: Annotated[int, Meta(ge=1, le=LARGEST_PAGE)] = field(default=100, name="_limit")


class BelongingQuery(PageQuery, frozen=True, kw_only=True):
    """`query` supports words only."""

    query: Query | None = None
    lead_id: str | None = None


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
