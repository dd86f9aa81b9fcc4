"""The attributes of contacts: add, change, delete, also for many contacts at once."""

import msgspec
from msgspec import UNSET

from touchbook.core.contacts.attribute import Change, Removal
from touchbook.core.contacts.editing import Edited, edit_contacts, edit_many_contacts
from touchbook.core.contacts.filtering import EVERYONE, ContactFilter
from touchbook.core.contacts.listing import contact_ids
from touchbook.core.contacts.queries import contacts_having, known_definitions
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.transaction import Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.contacts.bodies import AttributeBody, AttributesBody, BulkAttributesBody
from touchbook.dialects.rechat.contacts.contacts import answer_with, contact_of
from touchbook.dialects.rechat.contacts.expanding import contact_items, show_attributes
from touchbook.dialects.rechat.contacts.filters import read_filter
from touchbook.dialects.rechat.contacts.values import edit_of, read_new
from touchbook.http.call import Answer, Call


async def add(call: Call[Transaction]) -> Answer:
    """Answer the added attributes (RC-109), including tags that were there already."""
    sent = parse.body(AttributesBody, call)
    contact = await contact_of(call)
    definitions = await known_definitions(call.tx, call.caller)
    new = read_new(sent.attributes, definitions, place="attributes")
    edited = (await edit_contacts(call.tx, call.caller, {contact.id: new}, definitions))[contact.id]
    items = await show_attributes(call, contact, edited.outcome.meant)
    return render.listed(items, omitted=parse.omitted(call))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(AttributeBody, call)
    edited = await _change(call, edit_of(sent, call.path["attribute"]))
    items = await show_attributes(call, edited.contact, edited.outcome.meant)
    return render.one(items[0], parse.omitted(call))


async def delete(call: Call[Transaction]) -> Answer:
    """Answer 200 with the contact as it is afterwards (RC-113)."""
    edited = await _change(call, Removal(parse.uid("attribute", call.path["attribute"])))
    return await answer_with(call, edited.contact)


async def add_to_many(call: Call[Transaction]) -> Answer:
    """Add to all contacts that match; answer them with `get`, else 204. Invalid without a condition (A-25)."""
    sent, whole = parse.body(BulkAttributesBody, call), parse.flag(call, "get")
    definitions = await known_definitions(call.tx, call.caller)
    new: list[Change] = [*read_new(sent.attributes, definitions, place="attributes")]
    filters = _among(await read_filter(call, sent), sent)
    if filters == EVERYONE:
        raise Invalid({"filters": ["A filter, a query, ids or an owner must select contacts."]})
    ids = await contact_ids(call.tx, call.caller, filters)
    contacts = await edit_many_contacts(call.tx, call.caller, dict.fromkeys(ids, new), definitions)
    if not whole:
        return render.NO_CONTENT
    return render.listed(await contact_items(call, contacts), omitted=parse.omitted(call))


def _among(filters: ContactFilter, sent: BulkAttributesBody) -> ContactFilter:
    """Restrict the filter to the contacts that the body names."""
    if sent.ids is UNSET:
        return filters
    named = parse.uids("ids", sent.ids)
    uids = named if filters.uids is None else set(named).intersection(filters.uids)
    return msgspec.structs.replace(filters, uids=uids)


async def delete_many(call: Call[Transaction]) -> Answer:
    """Answer 204, also for an empty list (RC-118); 404 if one of them does not exist."""
    requested = parse.ids(call)
    owners = await contacts_having(call.tx, call.caller, requested)
    removals: dict[int, list[Change]] = {}
    for uid in requested:
        if uid not in owners:
            raise NotFound("contact attribute", uid)
        removals.setdefault(owners[uid], []).append(Removal(uid))
    await edit_contacts(call.tx, call.caller, removals, await known_definitions(call.tx, call.caller))
    return render.NO_CONTENT


async def _change(call: Call[Transaction], change: Change) -> Edited:
    contact = await contact_of(call)
    definitions = await known_definitions(call.tx, call.caller)
    return (await edit_contacts(call.tx, call.caller, {contact.id: [change]}, definitions))[contact.id]
