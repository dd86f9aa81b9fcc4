"""A contact by its plain members, as a dialect without attributes knows it: names, addresses, numbers.

A write through them keeps every attribute that they do not show (7.1.1).
"""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.changing import TooManyAttributes
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deriving import in_precedence
from touchbook.core.contacts.editing import edit_contacts
from touchbook.core.contacts.queries import attributes_of, known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.contacts.writing import lock_contacts
from touchbook.core.errors import Invalid
from touchbook.core.transaction import Transaction

_LISTS = {"emails": "email", "phone_numbers": "phone_number"}


class Labelled(Struct, frozen=True):
    """An e-mail address or phone number, and what it is for; UNSET: whatever it is, or nothing."""

    text: Any
    label: str | UnsetType | None = UNSET


async def add_contact(tx: Transaction, caller: Caller, **members: Any) -> Contact:
    """Members of NewContact, values by attribute name (`first_name="Ann"`, a day, the parts of an address), lists
    `emails`, `phone_numbers` of texts or Labelled, and `tags`. Invalid without a name, an address or a number.
    """
    about = {name: members.pop(name) for name in NewContact.__struct_fields__ if name in members}
    new = [change for name, value in members.items() for change in _wished(name, value, [])]
    if not new:
        raise _nameless()
    definitions = await known_definitions(tx, caller)
    return (await add_contacts(tx, caller, [NewContact(attributes=new, **about)], definitions))[0]


async def edit_contact(tx: Transaction, caller: Caller, contact: Contact, **members: Any) -> Contact:
    """The members of `add_contact`; None takes a value away, a list stands for the whole list. Invalid names the
    members that come to more than a contact can hold.
    """
    await lock_contacts(tx, caller, [contact.id])
    attributes = (await attributes_of(tx, caller, [contact.id])).get(contact.id, [])
    own = in_precedence(attribute for attribute in attributes if not attribute.is_partner)
    wished = {name: _wished(name, value, own) for name, value in members.items()}
    changes = [change for some in wished.values() for change in some]
    definitions = await known_definitions(tx, caller)
    try:
        edited = (await edit_contacts(tx, caller, {contact.id: changes}, definitions))[contact.id].contact
    except TooManyAttributes as full:
        new = [name for name, some in wished.items() if any(isinstance(each, NewAttribute) for each in some)]
        raise Invalid({name: [str(full)] for name in new}) from full
    if edited.display_name is None and contact.display_name is not None:
        raise _nameless()
    return edited


def _nameless() -> Invalid:
    return Invalid({"name": ["A contact needs a name, an e-mail address or a phone number."]})


def _wished(name: str, value: Any, own: Sequence[Attribute]) -> list[Any]:
    kind = _LISTS.get(name, name)
    held = [attribute for attribute in own if attribute.type == kind]
    if name == "tags":
        return _tag_changes(value or [], [attribute for attribute in own if attribute.type == "tag"])
    if name in _LISTS:
        wished = [each if isinstance(each, Labelled) else Labelled(each) for each in value or []]
        return _list_changes(name, wished, held)
    if not value:
        return [Removal(attribute.uid) for attribute in held[:1]]
    return [_change(name, Labelled(value), next(iter(held), None))]


def _list_changes(name: str, wished: Sequence[Labelled], held: Sequence[Attribute]) -> list[Change]:
    """What is held with the same text stays itself. The list is then in the order wished: written from its end,
    and the first one primary (RC-039). Where some only go, the others are left alone.
    """
    left = list(held)
    matches: list[Attribute | None] = []
    for each in wished:
        match = next((attribute for attribute in left if attribute.text == each.text), None)
        if match is not None:
            left.remove(match)
        matches.append(match)
    removals: list[Change] = [Removal(attribute.uid) for attribute in left]
    gone = {attribute.uid for attribute in left}
    stay = [attribute for attribute in held if attribute.uid not in gone]
    if matches == stay and not any(map(_relabels, wished, stay)):
        return removals
    first = len(wished) > 1
    written = [
        _change(name, each, match, moved=True, primary=first and each is wished[0])
        for each, match in zip(reversed(wished), reversed(matches), strict=True)
    ]
    return removals + written


def _tag_changes(wished: Sequence[str], held: Sequence[Attribute]) -> list[Change]:
    texts = {attribute.text for attribute in held}
    kept = dict.fromkeys(wished)
    removals: list[Change] = [Removal(attribute.uid) for attribute in held if attribute.text not in kept]
    return removals + [_change("tag", Labelled(text), None) for text in kept if text not in texts]


def _relabels(wished: Labelled, held: Attribute) -> bool:
    return wished.label is not UNSET and wished.label != held.label


def _change(
    name: str, wished: Labelled, held: Attribute | None, *, moved: bool = False, primary: bool = False
) -> Change:
    definition = GLOBAL.named(_LISTS.get(name, name))
    assert definition is not None
    given: dict[str, Any] = {definition.data_type: wished.text}
    if held is not None:
        mark: bool | UnsetType = True if primary else UNSET
        return AttributeEdit(uid=held.uid, given=given, label=wished.label, is_primary=mark, moved=moved)
    try:
        value = read_value(definition, given)
    except WrongValue as wrong:
        raise Invalid({name: [str(wrong)]}) from wrong
    label = None if wished.label is UNSET else wished.label
    return NewAttribute(definition, value, label=label, is_primary=primary)
