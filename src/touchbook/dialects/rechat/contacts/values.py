"""Reads sent attributes: their definition and their value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from msgspec import UNSET

from touchbook.core.contacts.address import PARTS
from touchbook.core.contacts.attribute import AttributeEdit, Change, NewAttribute
from touchbook.core.contacts.definition import Definition, Definitions
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.errors import Invalid
from touchbook.core.query.days import DATE_RANGE
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.contacts.bodies import MOST_TOGETHER, AttributeBody, NewContactBody, PatchBody
from touchbook.dialects.rechat.times import day_of

# The old split address, which is one attribute now.
_PARTS = {
    "street_number": "house_num", "street_prefix": "predir", "street_name": "name", "street_suffix": "suftype",
    "unit_number": "unit", "city": "city", "state": "state", "country": "country", "postal_code": "postcode",
}  # fmt: skip
_SHOWN = {*PARTS, "line1", "line2", "full", "type"}
_VALUES = ("text", "date", "number", "address")
_MEMBERS = ("label", "index", "is_primary", "is_partner")


def read_new(
    sent: Sequence[AttributeBody], definitions: Definitions, *, place: str, relax: bool = False
) -> list[NewAttribute]:
    """`relax` skips wrong ones (RC-014). Invalid says where they stand: `place` and the number."""
    read: list[NewAttribute] = []
    for number, (each, extends) in enumerate(gather_addresses(sent, definitions)):
        try:
            read.append(_new(each, definitions, extends=extends))
        except (Invalid, WrongValue) as wrong:
            if not relax:
                raise Invalid({f"{place}.{number}": [str(wrong)]}) from wrong
    return read


def check_together(sent: Iterable[NewContactBody | PatchBody]) -> None:
    """Invalid if the contacts have too many attributes together."""
    if sum(len(each.attributes) for each in sent if each.attributes is not UNSET) > MOST_TOGETHER:
        raise Invalid({"contacts": [f"contacts must have at most {MOST_TOGETHER:,} attributes together."]})


def read_changes(sent: Sequence[AttributeBody], definitions: Definitions, *, place: str) -> list[Change]:
    """An attribute with `id` is changed, one without is added (RC-062)."""
    edits: list[Change] = [_edit(each, f"{place}.id") for each in sent if each.id]
    return [*edits, *read_new([each for each in sent if not each.id], definitions, place=place)]


def edit_of(sent: AttributeBody, uid: str) -> AttributeEdit:
    return _edit(msgspec.structs.replace(sent, id=uid), "id")


def gather_addresses(sent: Sequence[AttributeBody], definitions: Definitions) -> list[tuple[AttributeBody, bool]]:
    """Combine old address parts of one index, label and person into one address, in the position of the first; it
    extends the address that a contact has at that index, if one is given.

    A team's own definitions of such names are left alone.
    """
    parts = {name: part for name, part in _PARTS.items() if definitions.named(name) is None}
    gathered: dict[Any, AttributeBody] = {}
    for each in sent:
        part = parts.get(each.attribute_type) if isinstance(each.attribute_type, str) else None
        if part is None or not isinstance(each.text, str):
            gathered[len(gathered)] = each
            continue
        key = (each.index, each.label, each.is_partner)
        first = gathered.get(key, msgspec.structs.replace(each, attribute_type="address", text=None, address={}))
        address = {**(first.address or {}), part: each.text}
        gathered[key] = msgspec.structs.replace(first, address=address)
    return [(each, isinstance(key, tuple) and isinstance(each.index, int)) for key, each in gathered.items()]


def _new(sent: AttributeBody, definitions: Definitions, *, extends: bool) -> NewAttribute:
    definition = definition_of(sent.attribute_def, sent.attribute_type, definitions)
    members = {name: value for name, value in _said(sent, _MEMBERS) if value is not None}
    return NewAttribute(definition, read_value(definition, _values(sent)), extends=extends, **members)


def _edit(sent: AttributeBody, place: str) -> AttributeEdit:
    """A label or an index is cleared by null; a flag cannot be null."""
    members: dict[str, Any] = {
        name: value for name, value in _said(sent, _MEMBERS) if value is not None or name in ("label", "index")
    }
    uid = parse.uid(place, str(sent.id))
    try:
        return AttributeEdit(uid=uid, given=_values(sent), **members)
    except WrongValue as wrong:
        member = "date" if sent.date else "address"
        raise Invalid({place.removesuffix("id") + member: [str(wrong)]}) from wrong


def _values(sent: AttributeBody) -> Mapping[str, Any]:
    """WrongValue for a date beyond all calendars, and for an address with a part that none has."""
    values = dict(_said(sent, _VALUES))
    if values.get("date") is not None:
        values["date"] = read_day(values["date"])
    if values.get("address") is not None:
        values["address"] = _read_parts(values["address"])
    return values


def _read_parts(sent: Mapping[str, str | None]) -> dict[str, str | None]:
    """Old names of parts are aliases; what is shown beside the parts may be sent back with them."""
    unknown = sent.keys() - _PARTS.keys() - _SHOWN
    if unknown:
        raise WrongValue(f"address has no part {', '.join(sorted(unknown))}.")
    aliases = {_PARTS[name]: part for name, part in sent.items() if name in _PARTS}
    return aliases | {name: part for name, part in sent.items() if name in PARTS}


def _said(sent: AttributeBody, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name in names if (value := getattr(sent, name)) is not UNSET)


def read_day(seconds: float, name: str = "date") -> date:
    day = day_of(seconds)
    if day is None:
        raise WrongValue(f"{name} must be a date {DATE_RANGE}.")
    return day


def definition_of(definition: Any, kind: Any, definitions: Definitions) -> Definition:
    """Find it by uid, also inside a whole definition, or by name (RC-016, RC-017)."""
    if isinstance(definition, dict):
        definition = definition.get("id")
    if isinstance(definition, str):
        found = definitions.of_uid(parse.uid("attribute_def", definition))
    elif isinstance(kind, str):
        found = definitions.named(kind)
    else:
        raise Invalid({"attribute_def": ["attribute_def or attribute_type is required."]})
    if found is None:
        raise Invalid({"attribute_def": [f"There is no attribute definition {definition or kind}."]})
    return found
