"""Contacts: list, filter, create, get, change, give, delete."""

from msgspec import UNSET, UnsetType

from touchbook.core.contacts.adding import add_contacts
from touchbook.core.contacts.attribute import Change
from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import change_contact, change_contacts
from touchbook.core.contacts.listing import count_contacts, list_owned_contacts
from touchbook.core.contacts.misspelling import allow_for_misspelling
from touchbook.core.contacts.queries import (
    find_contact_by_uid,
    find_contacts,
    find_owned_contact,
    known_definitions,
)
from touchbook.core.errors import UnknownRecord
from touchbook.core.teams.queries import user_ids_of
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.asking import ORDERS
from touchbook.dialects.rechat.contacts.bodies import (
    FiltersBody,
    NewContactsBody,
    OwnerBody,
    PatchBody,
    PatchManyBody,
)
from touchbook.dialects.rechat.contacts.expanding import contact_items, owned_items
from touchbook.dialects.rechat.contacts.filters import read_filter
from touchbook.dialects.rechat.contacts.newcomers import read_forgivingly, read_newcomers
from touchbook.dialects.rechat.contacts.values import check_together, read_changes
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    return await _listed(call, FiltersBody(), "created_at")


async def filter_(call: Call[Reader]) -> Answer:
    sent = parse.body(FiltersBody, call) if call.body else FiltersBody()
    return await _listed(call, sent, "uid")


async def _listed(call: Call[Reader], sent: FiltersBody, default: str) -> Answer:
    page = parse.page(call)
    filters = await allow_for_misspelling(call.tx, call.caller, await read_filter(call, sent))
    order = parse.order(call, ORDERS, default if filters.ids is None else "rank")
    contacts = await list_owned_contacts(
        call.tx,
        call.caller,
        filters,
        order=order.by,
        descending=order.descending,
        offset=page.start,
        limit=page.limit,
    )
    total = await count_contacts(call.tx, call.caller, filters)
    return render.listed(await owned_items(call, contacts), total, parse.omitted(call))


async def get(call: Call[Reader]) -> Answer:
    found = await find_owned_contact(call.tx, call.caller, parse.uid("id", call.path["id"]))
    return render.one((await owned_items(call, [found]))[0], parse.omitted(call))


async def create(call: Call[Transaction]) -> Answer:
    relax, whole, activity = (parse.flag(call, name) for name in ("relax", "get", "activity"))
    sent = await read_forgivingly(call) if relax else (await parse.records(NewContactsBody, call)).contacts
    check_together(sent)
    definitions = await known_definitions(call.tx, call.caller)
    new = await read_newcomers(call, sent, definitions, relax=relax)
    contacts = await add_contacts(call.tx, call.caller, new, definitions, activity=activity, relax=relax)
    if whole:
        return render.listed(await contact_items(call, contacts), omitted=parse.omitted(call))
    return render.listed([str(contact.uid) for contact in contacts])


async def update_many(call: Call[Transaction]) -> Answer:
    """Answer 204, even if `get` asks for the contacts (A-08)."""
    sent = await parse.records(PatchManyBody, call)
    check_together(sent.contacts)
    parse.flag(call, "get")
    definitions = await known_definitions(call.tx, call.caller)
    requested = [parse.uid(f"contacts.{number}.id", each.id) for number, each in enumerate(sent.contacts)]
    contacts = {contact.uid: contact for contact in await find_contacts(call.tx, call.caller, requested)}
    changes = {contact.id: ContactChanges() for contact in contacts.values()}
    for number, (uid, each) in enumerate(zip(requested, sent.contacts, strict=True)):
        before = changes[contacts[uid].id]
        attributes = [*before.attributes, *_changes(each, definitions, f"contacts.{number}.attributes")]
        owner = await _owner(call, each)
        changes[contacts[uid].id] = ContactChanges(
            attributes=attributes, owner_id=before.owner_id if owner is UNSET else owner
        )
    await change_contacts(call.tx, call.caller, changes, definitions)
    return render.NO_CONTENT


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(PatchBody, call)
    contact = await contact_of(call)
    definitions = await known_definitions(call.tx, call.caller)
    changes = ContactChanges(
        attributes=_changes(sent, definitions, "attributes"), owner_id=await _owner(call, sent)
    )
    edited = await change_contacts(call.tx, call.caller, {contact.id: changes}, definitions)
    return await answer_with(call, edited[contact.id].contact)


async def give(call: Call[Transaction]) -> Answer:
    sent = parse.body(OwnerBody, call)
    contact = await contact_of(call)
    owner = await _owner(call, PatchBody(user=sent.user))
    changes = ContactChanges(owner_id=owner)
    return await answer_with(call, await change_contact(call.tx, call.caller, contact.id, changes))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_contacts(call.tx, call.caller, [(await contact_of(call)).id])
    return render.NO_CONTENT


async def delete_many(call: Call[Transaction]) -> Answer:
    """Take ids from `{"ids": [...]}` or `?ids[]=a&ids[]=b`."""
    requested = parse.ids(call)
    contacts = await find_contacts(call.tx, call.caller, requested)
    await delete_contacts(call.tx, call.caller, [contact.id for contact in contacts])
    return render.NO_CONTENT


async def contact_of(call: Call[Reader]) -> Contact:
    return await find_contact_by_uid(call.tx, call.caller, parse.uid("id", call.path["id"]))


async def answer_with(call: Call[Reader], contact: Contact) -> Answer:
    return render.one((await contact_items(call, [contact]))[0], parse.omitted(call))


def _changes(sent: PatchBody, definitions: Definitions, place: str) -> list[Change]:
    return [] if sent.attributes is UNSET else read_changes(sent.attributes, definitions, place=place)


async def _owner(call: Call[Reader], sent: PatchBody) -> int | UnsetType:
    if sent.user is UNSET:
        return UNSET
    uid = parse.uid("user", parse.reference(sent.user))
    owner = (await user_ids_of(call.tx, call.caller, [uid])).get(uid)
    if owner is None:
        raise UnknownRecord("user", uid)
    return owner
