"""Columns of contacts and attributes, as they are read and written."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.deriving import Derived

CONTACT_COLUMNS = ", ".join(f"c.{name}" for name in Contact.__struct_fields__)
ATTRIBUTE_COLUMNS = ", ".join(f"a.{name}" for name in Attribute.__struct_fields__)

_OTHER_THAN_TEXT = {
    "birthday": "date", "emails": "text[]", "phone_numbers": "text[]", "tags": "text[]", "tags_as_added": "text[]",
    "tag_keys": "text[]", "addresses": "jsonb",
}  # fmt: skip
DERIVED_TYPES: Mapping[str, str] = {name: _OTHER_THAN_TEXT.get(name, "text") for name in Derived.__struct_fields__}
ATTRIBUTE_TYPES: Mapping[str, str] = {
    "uid": "uuid", "contact_id": "bigint", "type": "text", "definition_id": "bigint", "text": "text",
    "date": "date", "number": "numeric", "address": "jsonb", "label": "text", "index": "integer",
    "is_primary": "boolean", "is_partner": "boolean", "matched": "text", "created_by": "bigint",
    "updated_by": "bigint", "created_at": "timestamptz", "updated_at": "timestamptz",
}  # fmt: skip

_ADDRESS = Attribute.__struct_fields__.index("address")
_address = msgspec.json.Decoder(dict[str, str])


def contact_from(row: Iterable[Any]) -> Contact:
    return Contact(*row)


def attribute_from(row: Iterable[Any]) -> Attribute:
    members: list[Any] = list(row)
    if members[_ADDRESS] is not None:
        members[_ADDRESS] = _address.decode(members[_ADDRESS])
    return Attribute(*members)
