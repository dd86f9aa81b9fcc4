"""Lists of contacts: chosen ones, and live ones with a rule."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.contacts.queries import find_contacts
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.lists.changing import ListChanges, change_list
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.keeping import choose_contacts, delete_list, drop_contacts, make_list
from touchbook.core.lists.queries import find_list, list_lists, members_of
from touchbook.core.lists.rule import Rule, filters_of
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.touchbook import parse, render
from touchbook.dialects.touchbook.wire import Added, ChosenBody, ListBody, ListItem, NewListBody
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    page = parse.page(call)
    lists = await list_lists(call.tx, call.caller, offset=page.offset, limit=page.limit + 1)
    users = await _users(call, lists)
    return render.listed(lists, page, lambda kept: render.list_item(kept, users))


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewListBody, call)
    if sent.rule is not None:
        if sent.contacts:
            raise Invalid({"contacts": ["The contacts of a live list are decided by its rule."]})
        await _check_rule(call, sent.rule)
    contacts = await named_contacts(call, sent.contacts or ())
    kept = await make_list(call.tx, call.caller, name=sent.name, rule=sent.rule)
    if contacts:
        await choose_contacts(call.tx, call.caller, kept, contact_ids=[contact.id for contact in contacts])
    return render.one(await _item(call, kept), 201)


async def get(call: Call[Reader]) -> Answer:
    return render.one(await _item(call, await _find(call)))


async def update(call: Call[Transaction]) -> Answer:
    kept = await _find(call)
    sent = parse.changes(ListBody, call, await _item(call, kept))
    if isinstance(sent.rule, Rule) and sent.rule != kept.rule:
        await _check_rule(call, sent.rule)
    changes = ListChanges(name=sent.name, rule=sent.rule)
    return render.one(await _item(call, await change_list(call.tx, call.caller, kept, changes) or kept))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_list(call.tx, call.caller, await _find(call))
    return render.NO_CONTENT


async def list_members(call: Call[Reader]) -> Answer:
    page = parse.page(call)
    members = await members_of(call.tx, call.caller, [await _find(call)])
    contacts = await list_contacts(
        call.tx,
        call.caller,
        ContactFilter(lists=members),
        order="display_name",
        offset=page.offset,
        limit=page.limit + 1,
    )
    users = await user_uids(call.tx, call.caller, {contact.owner_id for contact in contacts})
    return render.listed(contacts, page, lambda contact: render.contact_item(contact, users))


async def add_members(call: Call[Transaction]) -> Answer:
    kept = await _find(call)
    contacts = await named_contacts(call, parse.body(ChosenBody, call).contacts)
    ids = [contact.id for contact in contacts]
    return render.one(Added(await choose_contacts(call.tx, call.caller, kept, contact_ids=ids)))


async def remove_members(call: Call[Transaction]) -> Answer:
    """Contacts that are not on the list are ignored."""
    kept = await _find(call)
    contacts = await named_contacts(call, parse.body(ChosenBody, call).contacts)
    await drop_contacts(call.tx, call.caller, kept, contact_ids=[contact.id for contact in contacts])
    return render.NO_CONTENT


async def named_contacts(call: Call[Transaction], uids: Iterable[UUID]) -> list[Contact]:
    """Return each once. UnknownRecord for one that the caller does not see."""
    try:
        return await find_contacts(call.tx, call.caller, list(dict.fromkeys(uids)))
    except NotFound as missing:
        raise UnknownRecord(missing.noun, missing.identifier) from missing


async def _check_rule(call: Call[Transaction], rule: Rule) -> None:
    parse.check_rule(rule)
    await filters_of(call.tx, call.caller, [rule], strict=True)


async def _find(call: Call[Reader]) -> ContactList:
    return await find_list(call.tx, call.caller, parse.record_uid(call, "list"))


async def _item(call: Call[Reader], kept: ContactList) -> ListItem:
    return render.list_item(kept, await _users(call, [kept]))


async def _users(call: Call[Reader], lists: Sequence[ContactList]) -> render.Uids:
    ids = {user for kept in lists for user in (kept.created_by, kept.updated_by) if user}
    return await user_uids(call.tx, call.caller, ids)
