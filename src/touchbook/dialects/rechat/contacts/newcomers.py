"""Reads new contacts, each with its owner and its attributes (RC-012, RC-013)."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.contacts.adding import NewContact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.slicing import in_slices
from touchbook.core.teams.queries import user_ids_of
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.contacts.bodies import AttributeBody, ForgivenContactsBody, NewContactBody
from touchbook.dialects.rechat.contacts.values import read_new
from touchbook.http.call import Call

# User ids by the uid as it was sent.
Owners = Mapping[str, int]
_AT_ONCE = 10


async def read_newcomers(
    call: Call[Reader], sent: Sequence[NewContactBody], definitions: Definitions, *, relax: bool
) -> list[NewContact]:
    """`relax` skips wrong attributes and owners, and contacts of which nothing is left (RC-014)."""
    owners = await _known_owners(call, sent)
    new = [
        _read(each, owners, definitions, place=f"contacts.{number}", relax=relax)
        async for some in in_slices([*enumerate(sent)], _AT_ONCE)
        for number, each in some
    ]
    return [each for each in new if each.attributes] if relax else new


async def read_forgivingly(call: Call[Any]) -> list[NewContactBody]:
    """Leave out members and attributes that cannot be read."""
    sent = (await parse.records(ForgivenContactsBody, call)).contacts
    return [_readable(each) async for some in in_slices(sent, _AT_ONCE) for each in some]


async def read_importable(call: Call[Reader], sent: Sequence[Mapping[str, Any]]) -> list[NewContact]:
    """Return the contacts without any problem."""
    bodies = [
        msgspec.convert(each, NewContactBody)
        async for some in in_slices(sent, _AT_ONCE)
        for each in some
        if _reads(each, NewContactBody)
    ]
    definitions = await known_definitions(call.tx, call.caller)
    owners = await _known_owners(call, bodies)
    new: list[NewContact] = []
    async for some in in_slices(bodies, _AT_ONCE):
        for each in some:
            with contextlib.suppress(Invalid, UnknownRecord):
                new.append(_read(each, owners, definitions, place="", relax=False))
    return new


def _read(
    sent: NewContactBody, owners: Owners, definitions: Definitions, *, place: str, relax: bool
) -> NewContact:
    if not relax:
        for name in ("user", "attributes"):
            if getattr(sent, name) is UNSET:
                raise Invalid({f"{place}.{name}": [f"{place}.{name} is required."]})
    attributes = [] if sent.attributes is UNSET else sent.attributes
    return NewContact(
        attributes=read_new(attributes, definitions, place=f"{place}.attributes", relax=relax),
        owner_id=_owner(sent, owners, place=place, relax=relax),
        ios_address_book_id=sent.ios_address_book_id or None,
        android_address_book_id=sent.android_address_book_id or None,
    )


def _readable(sent: Mapping[str, Any]) -> NewContactBody:
    members = dict(sent)
    if isinstance(members.get("attributes"), list):
        members["attributes"] = [each for each in members["attributes"] if _reads(each, AttributeBody)]
    kept = {name: value for name, value in members.items() if _reads({name: value}, NewContactBody)}
    return msgspec.convert(kept, NewContactBody)


def _reads(sent: Any, kind: type[Struct]) -> bool:
    try:
        msgspec.convert(sent, kind)
    except msgspec.ValidationError:
        return False
    return True


def _owner(sent: NewContactBody, owners: Owners, *, place: str, relax: bool) -> int | None:
    text = sent.user or ""
    if text in owners:
        return owners[text]
    if relax:
        return None
    raise UnknownRecord("user", parse.uid(f"{place}.user", text))


async def _known_owners(call: Call[Reader], sent: Sequence[NewContactBody]) -> Owners:
    requested: dict[str, UUID] = {}
    for text in {each.user or "" for each in sent}:
        with contextlib.suppress(Invalid):
            requested[text] = parse.uid("user", text)
    found = await user_ids_of(call.tx, call.caller, set(requested.values()))
    return {text: found[uid] for text, uid in requested.items() if uid in found}
