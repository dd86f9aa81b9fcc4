"""Leads with their contacts."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.close.wire.contacts import ContactBody, ContactItem
from touchbook.dialects.close.wire.shared import Id, Name, PageQuery, Query


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


_SEARCH = (
    "Words that must all occur in the lead's name or in a name, address or number of its contacts; and "
    'fields with a value: name:"...", company:"...", email_address:"...", phone:"...", status:"...". '
    "What it does not know is refused."
)


class LeadQuery(PageQuery, frozen=True, kw_only=True):
    """`query` supports words and `field:value`; all of them must match."""

    query: Annotated[Query | None, Meta(description=_SEARCH)] = None
