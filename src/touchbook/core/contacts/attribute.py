"""One thing known of a contact: a name, an e-mail address, a birthday, a tag."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.contacts.definition import Definition

# A member of that name hides the type.
Day = date


class Attribute(Struct, frozen=True):
    """`type` is its definition's name, `definition_id` that of a team's own definition.

    `address` as `assemble_address` makes it. `is_partner`: it is of the contact's partner. `matched` is what
    comparisons take. The members stand in the order of ATTRIBUTE_COLUMNS.
    """

    uid: UUID
    contact_id: int
    type: str
    definition_id: int | None
    text: str | None
    date: Day | None
    number: Decimal | None
    address: dict[str, str] | None
    label: str | None
    index: int | None
    is_primary: bool
    is_partner: bool
    matched: str | None
    created_by: int
    updated_by: int | None
    created_at: datetime
    updated_at: datetime


class Value(Struct, frozen=True):
    """Exactly one member is there, the one of the definition's data type."""

    text: str | None = None
    date: Day | None = None
    number: Decimal | None = None
    address: dict[str, str] | None = None


class NewAttribute(Struct, frozen=True):
    definition: Definition
    value: Value
    label: str | None = None
    index: int | None = None
    is_primary: bool = False
    is_partner: bool = False


class AttributeEdit(Struct, frozen=True, kw_only=True):
    """What is to be different of the attribute `uid`; UNSET stays. `moved`: it counts as just changed.

    `given` holds text, date, number, address as `read_value` takes them; all None or missing: the value stays.
    """

    uid: UUID
    given: Mapping[str, Any] = {}
    label: str | UnsetType | None = UNSET
    index: int | UnsetType | None = UNSET
    is_primary: bool | UnsetType = UNSET
    is_partner: bool | UnsetType = UNSET
    moved: bool = False


class Removal(Struct, frozen=True):
    uid: UUID


Change = NewAttribute | AttributeEdit | Removal

_TOLD = ("type", "text", "date", "number", "address", "label", "index", "is_primary", "is_partner")


def describe(attribute: Attribute) -> dict[str, Any]:
    """An attribute's own members, as events and the history tell them."""
    members = {name: getattr(attribute, name) for name in _TOLD}
    return {name: value for name, value in members.items() if value is not None and value is not False}
