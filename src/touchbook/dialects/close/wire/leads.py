"""Leads with their contacts."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.close.wire.contacts import ContactBody, ContactItem
from touchbook.dialects.close.wire.shared import CustomValue, CustomValues, Id, Name, PageQuery, Query, Text, Url

_Part = Annotated[str, Meta(max_length=255)] | None


class AddressItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An address of a lead; it is shown with the parts that it was sent with."""

    label: _Part = None
    address_1: _Part = None
    address_2: _Part = None
    city: _Part = None
    state: _Part = None
    zipcode: _Part = None
    country: _Part = None


class LeadBody(Struct, frozen=True, kw_only=True):
    """`status` is the label of a status, `status_id` its id; one of them is enough."""

    name: Name | UnsetType = UNSET
    status: Name | UnsetType = UNSET
    status_id: Id | UnsetType = UNSET
    description: Text | UnsetType | None = UNSET
    url: Url | UnsetType | None = UNSET
    addresses: Annotated[list[AddressItem], Meta(max_length=100)] | UnsetType = UNSET
    custom: CustomValues | UnsetType | None = UNSET


class NewLead(LeadBody, frozen=True, kw_only=True):
    """`contacts` are created with the lead."""

    contacts: Annotated[list[ContactBody], Meta(max_length=100)] | UnsetType = UNSET


class LeadItem(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    display_name: str
    status_id: str
    status_label: str
    description: str
    url: str | None
    addresses: list[AddressItem]
    contacts: list[ContactItem]
    custom: dict[str, CustomValue]
    organization_id: str
    created_by: str | None
    created_by_name: str | None
    updated_by: str | None
    updated_by_name: str | None
    date_created: str
    date_updated: str


_SEARCH = (
    "Words that must all occur in the lead's name or in a name, address or number of its contacts; and "
    'fields with a value: name:"...", company:"...", email_address:"...", phone:"...", status:"...". '
    "What it does not know is refused."
)


class LeadQuery(PageQuery, frozen=True, kw_only=True):
    """`query` supports words and `field:value`; all of them must match."""

    query: Annotated[Query | None, Meta(description=_SEARCH)] = None
