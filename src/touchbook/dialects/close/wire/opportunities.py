"""Opportunities."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.close.wire.shared import BelongingQuery, CustomValue, CustomValues, Id, Member, Text, Time

_Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Attachment = Annotated[
    dict[Annotated[str, Meta(max_length=255)], Text | _Whole | float | bool | None], Meta(max_length=100)
]


class OpportunityBody(Struct, frozen=True, kw_only=True):
    """`value` is in hundredths of the currency, once or in each `value_period`. `date_won` is the day on which it
    is to close, `expected_date` the same value; where both differ from it, `date_won` counts.
    """

    lead_id: Id | UnsetType | None = UNSET
    contact_id: Id | UnsetType | None = UNSET
    user_id: Id | UnsetType = UNSET
    status_id: Id | UnsetType = UNSET
    note: Text | UnsetType | None = UNSET
    value: Annotated[int, Meta(ge=0, le=10**15)] | UnsetType | None = UNSET
    value_currency: Annotated[str, Meta(max_length=3, pattern="^[A-Z]{3}$")] | UnsetType = UNSET
    value_period: Literal["one_time", "monthly", "annual"] | UnsetType | None = UNSET
    confidence: Annotated[int, Meta(ge=0, le=100)] | UnsetType | None = UNSET
    date_won: Time | UnsetType | None = UNSET
    expected_date: Time | UnsetType | None = UNSET
    pipeline_id: Id | UnsetType | None = UNSET
    attachments: Annotated[list[Attachment], Meta(max_length=100)] | UnsetType | None = UNSET
    custom: CustomValues | UnsetType | None = UNSET
    custom_fields: CustomValues | UnsetType | None = UNSET


class NewOpportunity(OpportunityBody, frozen=True, kw_only=True):
    """`created_by` can only be the caller, `date_created` only null: an opportunity is made now."""

    created_by: Id | UnsetType | None = UNSET
    date_created: Time | UnsetType | None = UNSET


_Values = list[Member] | None
_Day = Annotated[str | None, Meta(description="A day or a date-time")]


class OpportunityQuery(BelongingQuery, frozen=True, kw_only=True):
    """`query` supports words only; all filters must match."""

    user_id: _Values = None
    user_id__in: _Values = None
    status_id: _Values = None
    status_id__in: _Values = None
    status_label: _Values = None
    status_label__in: _Values = None
    status_type: _Values = None
    status_type__in: _Values = None
    value_period: _Values = None
    value_period__in: _Values = None
    date_won__lt: _Day = None
    date_won__lte: _Day = None
    date_won__gt: _Day = None
    date_won__gte: _Day = None


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
    value_period: str
    confidence: int
    annualized_value: int | None
    expected_value: int | None
    annualized_expected_value: int | None
    date_won: str | None
    expected_date: str | None
    pipeline_id: str | None
    attachments: list[Attachment]
    custom: dict[str, CustomValue]
    organization_id: str
    date_created: str
    date_updated: str
