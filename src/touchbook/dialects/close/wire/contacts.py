"""Contacts with their addresses, numbers and urls."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.dialects.close.wire.shared import CustomValue, CustomValues, Id, Name, Url

MOST_ADDRESSES = 100


class EmailItem(Struct, frozen=True):
    email: Annotated[str, Meta(min_length=1, max_length=320)]
    type: Annotated[str, Meta(max_length=40)] = "office"


class PhoneItem(Struct, frozen=True):
    phone: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"\S")]
    type: Annotated[str, Meta(max_length=40)] = "office"


class UrlItem(Struct, frozen=True):
    url: Annotated[Url, Meta(min_length=1, pattern=r"\S")]
    type: Annotated[str, Meta(max_length=40)] = "url"


class ContactBody(Struct, frozen=True, kw_only=True):
    """`title` is the contact's job title."""

    lead_id: Id | UnsetType = UNSET
    name: Name | UnsetType | None = UNSET
    title: Name | UnsetType | None = UNSET
    emails: Annotated[list[EmailItem], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET
    phones: Annotated[list[PhoneItem], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET
    urls: Annotated[list[UrlItem], Meta(max_length=MOST_ADDRESSES)] | UnsetType = UNSET
    timezone: Annotated[str, Meta(max_length=255)] | UnsetType | None = UNSET
    custom: CustomValues | UnsetType | None = UNSET


class ContactItem(Struct, frozen=True, kw_only=True):
    id: str
    lead_id: str | None
    name: str | None
    display_name: str | None
    title: str | None = None
    emails: list[EmailItem]
    phones: list[PhoneItem]
    urls: list[UrlItem] = []
    timezone: str | None = None
    custom: dict[str, CustomValue] = {}
    organization_id: str
    date_created: str
    date_updated: str
