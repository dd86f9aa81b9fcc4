"""One fact about a contact: a name, an e-mail address, a birthday, a tag."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.contacts.definition import Definition

# A member of that name hides the type.
Day = date


class Attribute(Struct, frozen=True, omit_defaults=True):
    """`type` is the name of the definition, `definition_id` the id of a team's own definition.

    `address` has the shape that `assemble_address` returns. `is_partner` marks a fact about the contact's partner.
    `matched` is the normalised value that filters compare. The members stand in the order of ATTRIBUTE_COLUMNS.
    JSON leaves out what is not set: most members of most attributes, which the store would have to read.
    """

    uid: UUID
    contact_id: int
    type: str
    created_by: int
    created_at: datetime
    updated_at: datetime
    updated_by: int | None = None
    definition_id: int | None = None
    text: str | None = None
    date: Day | None = None
    number: Decimal | None = None
    address: dict[str, str] | None = None
    label: str | None = None
    index: int | None = None
    is_primary: bool = False
    is_partner: bool = False
    matched: str | None = None


class Value(Struct, frozen=True):
    """Exactly one member is set: the one for the definition's data type."""

    text: str | None = None
    date: Day | None = None
    number: Decimal | None = None
    address: dict[str, str] | None = None


class NewAttribute(Struct, frozen=True):
    """With `extends` an address adds its parts to the one that has its index, if there is one."""

    definition: Definition
    value: Value
    label: str | None = None
    index: int | None = None
    is_primary: bool = False
    is_partner: bool = False
    extends: bool = False


class AttributeEdit(Struct, frozen=True, kw_only=True):
    """The edit of attribute `uid`; UNSET leaves a member as it is.

    `moved` marks it as changed even if nothing differs. `given` holds text, date, number or address as
    `read_value` takes them; without any the value stays.
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
    """Return the attribute's members in the form that events and the history record."""
    members = {name: getattr(attribute, name) for name in _TOLD}
    return {name: value for name, value in members.items() if value is not None and value is not False}
