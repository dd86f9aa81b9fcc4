"""Members of a prospect that are attributes of the contact.

The definitions of customN are made when they are first written.
"""

from collections.abc import Callable, Mapping, Sequence

from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.defining import define_attribute
from touchbook.core.contacts.definition import Definition
from touchbook.core.contacts.deriving import in_precedence
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.resources.prospects import KEPT
from touchbook.http.call import Call

# A definition, the member that gives it a value, and the value.
Given = tuple[Definition, str, str | None]


async def take_definitions(call: Call[Transaction], sent: Mapping[str, str | None]) -> list[Given]:
    """Return what is given to which definition. None is made to have no value."""
    if not sent:
        return []
    known = await known_definitions(call.tx, call.caller)
    given: list[Given] = []
    for member, value in sent.items():
        name = str(KEPT[member].attribute)
        definition = known.named(name) or (await _define(call, name) if value else None)
        if definition is not None:
            given.append((definition, member, value))
    return given


async def _define(call: Call[Transaction], name: str) -> Definition:
    label = name.replace("custom", "Custom ")
    try:
        return await define_attribute(
            call.tx, call.caller, name=name, data_type="text", label=label, section="Custom fields", singular=True
        )
    except Conflict:
        # Somebody else may just have made it.
        found = (await known_definitions(call.tx, call.caller)).named(name)
        if found is None:
            raise
        return found


def new_attributes(given: Sequence[Given]) -> list[NewAttribute]:
    return [_new(definition, member, value) for definition, member, value in given if value]


def plan_changes(given: Sequence[Given]) -> Callable[[Sequence[Attribute]], list[Change]]:
    """Return a function of the attributes that a contact has: the first of a definition is shown, and written."""

    def changes(held: Sequence[Attribute]) -> list[Change]:
        own = in_precedence(each for each in held if not each.is_partner)
        firsts = {each.type: each for each in reversed(own)}
        return [
            change
            for definition, member, value in given
            for change in _changes(firsts.get(definition.name), definition, member, value)
        ]

    return changes


def _changes(held: Attribute | None, definition: Definition, member: str, value: str | None) -> list[Change]:
    if not value:
        return [] if held is None else [Removal(held.uid)]
    new = _new(definition, member, value)
    if held is None:
        return [new]
    return [AttributeEdit(uid=held.uid, given={"text": value})]


def _new(definition: Definition, member: str, value: str) -> NewAttribute:
    try:
        return NewAttribute(definition, read_value(definition, {"text": value}))
    except WrongValue as wrong:
        raise Invalid({member: [str(wrong)]}) from wrong
