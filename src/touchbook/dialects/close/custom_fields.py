"""Custom fields: a team's own attributes, with a value in contacts, leads and opportunities.

A field goes by its id (`custom.cf_...`), by its name (`custom.Industry`), or by its name in `custom`, and is made
when it is first given a value. A contact has the value as an attribute, a lead and an opportunity keep it beside
them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import Struct, to_builtins

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.contacts.definition import DataType, Definition
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.folding import same
from touchbook.core.foreign_members import members_of
from touchbook.core.identity import prefixed_id
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close.wire.shared import LONGEST_FIELD_NAME, MOST_CUSTOM_VALUES

PREFIX = "custom."
DIALECT = "close"
_WHOLE = ("custom", "custom_fields")
_ID = re.compile(r"cf_[0-9A-Za-z]{43}")
MOST_VALUES = 100
_WRONG = "Must be a text, a number, or a list of texts or numbers."


class Sent(NamedTuple):
    """A value for the field of that id or name, sent as the `member` of a body."""

    member: str
    key: str
    value: Any


class Given(NamedTuple):
    """A value for a field, None for none."""

    member: str
    field: Definition
    value: Any


def read_sent(body: Mapping[str, Any]) -> list[Sent]:
    """Return values by name first, by id last: of two that differ from what is shown, the last one counts."""
    found: list[Sent] = []
    for whole in _WHOLE:
        values = body.get(whole) or {}
        if not isinstance(values, dict):
            raise Invalid({whole: ["Must be an object."]})
        found += (Sent(f"{whole}.{key}", key, value) for key, value in values.items())
    flat = [name for name in body if name.startswith(PREFIX)]
    found += (Sent(name, name.removeprefix(PREFIX), body[name]) for name in sorted(flat, key=_is_id))
    if len(found) > MOST_CUSTOM_VALUES:
        raise Invalid({"custom": [f"At most {MOST_CUSTOM_VALUES} values of custom fields can be sent at once."]})
    for each in found:
        if not each.key.strip() or len(each.key) > LONGEST_FIELD_NAME:
            raise Invalid({each.member: [f"The name of a field has 1 to {LONGEST_FIELD_NAME} characters."]})
    return found


def _is_id(name: str) -> bool:
    return _ID.fullmatch(name.removeprefix(PREFIX)) is not None


class Fields:
    """The custom fields of a team: its own attributes but for addresses, which no field can hold."""

    def __init__(self, definitions: Iterable[Definition] = ()) -> None:
        self.all = [each for each in definitions if not each.is_global and each.data_type != "address"]
        self._by_key = {same(each.name): each for each in self.all}
        self._by_key |= {same(each.label): each for each in self.all}
        self._by_key |= {same(field_id(each)): each for each in self.all}
        self.by_uid = {each.uid: each for each in self.all}

    def find(self, key: str) -> Definition | None:
        return self._by_key.get(same(key))


def field_id(field: Definition) -> str:
    """A field that was first written by the id it has elsewhere keeps it."""
    return field.name if _ID.fullmatch(field.name) else prefixed_id("cf", field.uid)


async def known_fields(reader: Reader, caller: Caller) -> Fields:
    return Fields(await known_definitions(reader, caller))


async def take_fields(
    tx: Transaction, caller: Caller, sent: Sequence[Sent], shown: Mapping[UUID, Any]
) -> list[Given]:
    """Return what differs from the shown values, each field once; fields that are not there are made."""
    if not sent:
        return []
    fields = await known_fields(tx, caller)
    taken: dict[UUID, Given] = {}
    for member, key, value in sent:
        value = None if value in ("", []) else value
        field = fields.find(key)
        if field is None:
            if value is None:
                continue
            field = await _make(tx, caller, key, _type_of(member, value), many=isinstance(value, list))
            fields = Fields([*fields.all, field])
        value = _checked(member, field, value)
        if shown.get(field.uid) != value:
            taken[field.uid] = Given(member, field, value)
    return list(taken.values())


async def _make(tx: Transaction, caller: Caller, name: str, data_type: DataType, *, many: bool) -> Definition:
    """The names of attributes that everyone has are taken; a field of such a name goes by `custom.Source`."""
    for free in (name, PREFIX + name):
        try:
            return await define_attribute(
                tx, caller, name=free, data_type=data_type, label=name, section="Custom fields", singular=not many
            )
        except Conflict:
            # Somebody else may just have made it.
            found = (await known_fields(tx, caller)).find(name)
            if found is not None:
                return found
    raise Conflict(f"A custom field named {name} cannot be created.")


def _type_of(member: str, value: Any) -> DataType:
    first = value[0] if isinstance(value, list) else value
    if isinstance(first, str):
        return "text"
    if isinstance(first, (int, float)) and not isinstance(first, bool):
        return "number"
    raise Invalid({member: [_WRONG]})


def _checked(member: str, field: Definition, value: Any) -> Any:
    """Return the value as it will be shown."""
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    if field.singular and isinstance(value, list):
        raise Invalid({member: ["The field has a single value."]})
    if len(values) > MOST_VALUES:
        raise Invalid({member: [f"A field has at most {MOST_VALUES} values."]})
    for each in values:
        _read(member, field, each)
    return value if field.singular else values


def _read(member: str, field: Definition, value: Any) -> Mapping[str, Any]:
    """Return what the attribute of a value is given."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (is_number if field.data_type == "number" else isinstance(value, str)):
        raise Invalid({member: [f"Must be a {'number' if field.data_type == 'number' else 'text'}."]})
    given: dict[str, Any] = {field.data_type: value}
    try:
        if field.data_type == "date":
            given["date"] = date.fromisoformat(value)
        read_value(field, given)
    except WrongValue as wrong:
        raise Invalid({member: [str(wrong)]}) from wrong
    except ValueError:
        raise Invalid({member: ["Must be a date such as 2026-12-01."]}) from None
    return given


def new_attributes(given: Sequence[Given]) -> list[NewAttribute]:
    """Return what gives a new contact the values."""
    return [
        NewAttribute(field, read_value(field, _read(member, field, each)))
        for member, field, value in given
        for each in (value if isinstance(value, list) else [value])
    ]


def attribute_changes(given: Sequence[Given], held: Sequence[Attribute]) -> list[Change]:
    """Return what gives a contact the values."""
    changes: list[Change] = []
    for each in given:
        member, field, value = each
        own = [attribute for attribute in held if attribute.type == field.name and not attribute.is_partner]
        if field.singular and own and value is not None:
            changes.append(AttributeEdit(uid=own[0].uid, given=_read(member, field, value)))
        else:
            changes += [Removal(attribute.uid) for attribute in own]
            changes += [] if value is None else new_attributes([each])
    return changes


def beside(given: Sequence[Given]) -> dict[str, Any]:
    """Return what a lead or an opportunity keeps, by the uid of the field."""
    return {f"{PREFIX}{field.uid}": value for _, field, value in given}


@contextmanager
def named_as_sent(given: Sequence[Given]) -> Iterator[None]:
    """Refuse by the members of the body what is refused by what a lead or an opportunity keeps."""
    names = {f"{PREFIX}{field.uid}": member for member, field, _ in given}
    try:
        yield
    except Invalid as wrong:
        if wrong.problems.keys() & names.keys():
            raise Invalid({names.get(name, name): why for name, why in wrong.problems.items()}) from wrong
        raise


def values_beside(held: str | None) -> dict[UUID, Any]:
    """Return the values by field that a lead or an opportunity keeps."""
    kept = members_of(held, DIALECT)
    return {UUID(name.removeprefix(PREFIX)): value for name, value in kept.items() if name.startswith(PREFIX)}


def values_among(attributes: Iterable[Attribute], fields: Fields) -> dict[UUID, Any]:
    """Return the values by field that a contact has, oldest first."""
    values: dict[UUID, list[Any]] = {}
    by_name = {field.name: field for field in fields.all}
    for each in attributes:
        field = by_name.get(each.type)
        if field is not None and not each.is_partner:
            values.setdefault(field.uid, []).append(_shown(each))
    return {uid: some[0] if fields.by_uid[uid].singular else some for uid, some in values.items()}


def _shown(attribute: Attribute) -> Any:
    if attribute.number is not None:
        number = attribute.number
        return int(number) if number == number.to_integral_value() else float(number)
    return attribute.text if attribute.date is None else attribute.date.isoformat()


def by_name(values: Mapping[UUID, Any], fields: Fields) -> dict[str, Any]:
    return {fields.by_uid[uid].label: value for uid, value in values.items() if uid in fields.by_uid}


def with_fields(item: Struct, values: Mapping[UUID, Any], fields: Fields) -> Any:
    """Return the item with `custom.cf_...` for each field that has a value."""
    shown = {
        f"{PREFIX}{field_id(fields.by_uid[uid])}": value for uid, value in values.items() if uid in fields.by_uid
    }
    return {**to_builtins(item), **shown} if shown else item
