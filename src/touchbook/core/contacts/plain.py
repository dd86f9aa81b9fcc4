"""A contact by its plain members, for dialects without attributes: names, addresses, numbers.

A write through them keeps every attribute that they do not show (7.1.1), and is not refused for one that a team
requires: such a dialect could not send it (M-10).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from touchbook.core.caller import Caller
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.changing import TooManyAttributes
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deriving import in_precedence
from touchbook.core.contacts.editing import change_locked_contacts, lock_contacts
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.differing import said
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.folding import same
from touchbook.core.foreign_members import NONE, ForeignMembers
from touchbook.core.transaction import Transaction

_LISTS = {"emails": "email", "phone_numbers": "phone_number"}
NOTHING_ELSE, NO_OPT_OUTS = ContactChanges(), OptOuts()


def no_changes(_held: Sequence[Attribute]) -> Sequence[Change]:
    return ()


class Labelled(Struct, frozen=True):
    """An e-mail address or phone number with its label; UNSET keeps the present label, if any."""

    text: Any
    label: str | UnsetType | None = UNSET


_Text = str | UnsetType | None
_Texts = Sequence[Labelled | str] | UnsetType


class PlainMembers(Struct, frozen=True, kw_only=True):
    """UNSET leaves a member as it is, None clears it; a list replaces the whole list. `address` holds parts."""

    title: _Text = UNSET
    first_name: _Text = UNSET
    middle_name: _Text = UNSET
    last_name: _Text = UNSET
    nickname: _Text = UNSET
    company: _Text = UNSET
    job_title: _Text = UNSET
    emails: _Texts = UNSET
    phone_numbers: _Texts = UNSET
    website: _Text = UNSET
    source: _Text = UNSET
    note: _Text = UNSET
    birthday: date | UnsetType | None = UNSET
    address: Mapping[str, str] | UnsetType | None = UNSET
    tags: Sequence[str] | UnsetType = UNSET


async def add_contact(
    tx: Transaction,
    caller: Caller,
    members: PlainMembers,
    *,
    owner_id: int | None = None,
    account_id: int | None = None,
    stage_id: int | None = None,
    persona_id: int | None = None,
    opt_outs: OptOuts = NO_OPT_OUTS,
    foreign_members: ForeignMembers = NONE,
    more: Sequence[NewAttribute] = (),
) -> Contact:
    """`more` are attributes that have no plain member.

    Invalid for a contact without a name, an address, a number or any other fact.
    """
    attributes = [change for some in _requested(members, []).values() for change in some]
    if not attributes:
        raise _nameless()
    new = NewContact(
        attributes=[*attributes, *more],
        owner_id=owner_id,
        account_id=account_id,
        stage_id=stage_id,
        persona_id=persona_id,
        opt_outs=opt_outs,
        foreign_members=foreign_members,
    )
    definitions = (await known_definitions(tx, caller)).with_none_required()
    return (await add_contacts(tx, caller, [new], definitions))[0]


async def edit_contact(
    tx: Transaction,
    caller: Caller,
    contact: Contact,
    members: PlainMembers,
    changes: ContactChanges = NOTHING_ELSE,
    more: Callable[[Sequence[Attribute]], Sequence[Change]] = no_changes,
) -> Contact:
    """`changes` are the other changes of the request, but for attributes that have no plain member: `more` returns
    their changes by those that the contact has.

    Invalid names the members that exceed the limit of a contact.
    """
    held = await lock_contacts(tx, caller, [contact.id], whole=True)
    if not held:
        raise NotFound("contact", contact.uid)
    own = in_precedence(each for each in held[contact.id].attributes if not each.is_partner)
    requested = _requested(members, own)
    attributes = [change for some in requested.values() for change in some]
    attributes += more(held[contact.id].attributes)
    whole = {contact.id: structs.replace(changes, attributes=attributes)}
    definitions = (await known_definitions(tx, caller)).with_none_required()
    try:
        edited = await change_locked_contacts(tx, caller, held, whole, definitions)
    except TooManyAttributes as full:
        new = [name for name, some in requested.items() if any(isinstance(each, NewAttribute) for each in some)]
        raise Invalid({name: [str(full)] for name in new}) from full
    if edited[contact.id].contact.display_name is None and contact.display_name is not None:
        raise _nameless()
    return edited[contact.id].contact


def _nameless() -> Invalid:
    return Invalid({"name": ["A contact needs a name, an e-mail address or a phone number."]})


def _requested(members: PlainMembers, own: Sequence[Attribute]) -> dict[str, list[Any]]:
    """Return the attribute changes by the member that requests them."""
    return {name: _changes(name, value, own) for name, value in said(members).items()}


def _changes(name: str, value: Any, own: Sequence[Attribute]) -> list[Any]:
    if name == "tags":
        return _tag_changes(value or [], [attribute for attribute in own if attribute.type == "tag"])
    held = [attribute for attribute in own if attribute.type == _LISTS.get(name, name)]
    if name in _LISTS:
        requested = [each if isinstance(each, Labelled) else Labelled(each) for each in value or []]
        return _list_changes(name, requested, held)
    if not value:
        return [Removal(attribute.uid) for attribute in held[:1]]
    return [_change(name, Labelled(value), next(iter(held), None))]


def _list_changes(name: str, requested: Sequence[Labelled], held: Sequence[Attribute]) -> list[Change]:
    """Values with the same text are kept.

    The list ends up in the requested order: it is written from its end, and the first value is primary (RC-039). A
    mere removal leaves the others untouched.
    """
    left = list(held)
    matches: list[Attribute | None] = []
    for each in requested:
        match = next((attribute for attribute in left if attribute.text == each.text), None)
        if match is not None:
            left.remove(match)
        matches.append(match)
    removals: list[Change] = [Removal(attribute.uid) for attribute in left]
    gone = {attribute.uid for attribute in left}
    stay = [attribute for attribute in held if attribute.uid not in gone]
    if matches == stay and not any(map(_relabels, requested, stay)):
        return removals
    first = len(requested) > 1
    # From the end: each write gets a later instant, and the order shown is the latest first (RC-039).
    written = [
        _change(name, each, match, moved=True, primary=first and each is requested[0])
        for each, match in zip(reversed(requested), reversed(matches), strict=True)
    ]
    return removals + written


def _tag_changes(requested: Sequence[str], held: Sequence[Attribute]) -> list[Change]:
    keys = {same(attribute.text or "") for attribute in held}
    kept = {same(text): text for text in reversed(requested)}
    gone = [attribute for attribute in held if same(attribute.text or "") not in kept]
    removals: list[Change] = [Removal(attribute.uid) for attribute in gone]
    added = [text for key, text in reversed(kept.items()) if key not in keys]
    return removals + [_change("tag", Labelled(text), None) for text in added]


def _relabels(requested: Labelled, held: Attribute) -> bool:
    return requested.label is not UNSET and requested.label != held.label


def _change(
    name: str, requested: Labelled, held: Attribute | None, *, moved: bool = False, primary: bool = False
) -> Change:
    definition = GLOBAL.named(_LISTS.get(name, name))
    assert definition is not None
    given: dict[str, Any] = {definition.data_type: requested.text}
    if held is not None:
        mark: bool | UnsetType = True if primary else UNSET
        return AttributeEdit(uid=held.uid, given=given, label=requested.label, is_primary=mark, moved=moved)
    try:
        value = read_value(definition, given)
    except WrongValue as wrong:
        raise Invalid({name: [str(wrong)]}) from wrong
    label = None if requested.label is UNSET else requested.label
    return NewAttribute(definition, value, label=label, is_primary=primary)
