"""Contacts: list, create, get, update, delete."""

from typing import Any

from msgspec import UNSET

from touchbook.core.accounts.queries import account_id_of, accounts_by_id
from touchbook.core.contacts.adding import add_contact
from touchbook.core.contacts.contact import Contact, full_name
from touchbook.core.contacts.deleting import delete_contact
from touchbook.core.contacts.editing import edit_contact
from touchbook.core.contacts.queries import find_contact_by_uid, list_contacts
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import ids, parse, render
from touchbook.dialects.close.filters import NOBODY
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire import ContactBody, ContactItem, EmailItem, PhoneItem
from touchbook.dialects.kit.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    account = None
    if "lead_id" in given:
        account = await account_id_of(call.tx, call.caller, ids.uid_of("lead", given["lead_id"])) or NOBODY
    contacts = await list_contacts(
        call.tx,
        call.caller,
        search=given.get("query"),
        account=account,
        offset=page.skip,
        limit=page.limit + 1,
    )
    return render.listed(await _items(call, contacts), page)


async def get(call: Call[Reader]) -> Answer:
    return await _answer(call, await _contact(call))


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(ContactBody, call)
    parse.required(lead_id=sent.lead_id)
    account = await account_id_of(call.tx, call.caller, ids.uid_of("lead", str(sent.lead_id)))
    if account is None:
        raise UnknownRecord("account", sent.lead_id)
    return await _answer(call, await add_contact(call.tx, call.caller, account_id=account, **members_of(sent)))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(ContactBody, call)
    contact = await _contact(call)
    changes = parse.changes(sent, (await _items(call, [contact]))[0])
    changed = await edit_contact(call.tx, call.caller, contact, **members_of(changes))
    return await _answer(call, changed or contact)


async def delete(call: Call[Transaction]) -> Answer:
    await delete_contact(call.tx, call.caller, await _contact(call))
    return Answer(b"{}")


def members_of(sent: ContactBody) -> dict[str, Any]:
    """One name is a first name and, after the first blank, a last name."""
    members: dict[str, Any] = {}
    if sent.name is not UNSET:
        first, _, last = (sent.name or "").strip().partition(" ")
        members |= {"first_name": first or None, "last_name": last.strip() or None}
    if sent.emails is not UNSET:
        members["emails"] = [item.email for item in sent.emails]
    if sent.phones is not UNSET:
        members["phone_numbers"] = [item.phone for item in sent.phones]
    return members


def item(contact: Contact, lead: str | None, organization: str) -> ContactItem:
    return ContactItem(
        id=ids.contact_id(contact.uid),
        lead_id=lead,
        name=full_name(contact.first_name, contact.last_name),
        display_name=contact.display_name,
        emails=[EmailItem(email) for email in contact.emails],
        phones=[PhoneItem(number) for number in contact.phone_numbers],
        organization_id=organization,
        date_created=show_instant(contact.created_at),
        date_updated=show_instant(contact.updated_at),
    )


async def _contact(call: Call[Reader]) -> Contact:
    try:
        return await find_contact_by_uid(call.tx, call.caller, ids.uid_of("cont", call.path["id"]))
    except NotFound:
        raise NotFound("contact", call.path["id"]) from None


async def _items(call: Call[Reader], contacts: list[Contact]) -> list[ContactItem]:
    accounts = await accounts_by_id(call.tx, call.caller, {contact.account_id for contact in contacts})
    organization = ids.organization_id(call.caller.team_uid)
    return [item(contact, ids.lead_id(accounts[contact.account_id].uid), organization) for contact in contacts]


async def _answer(call: Call[Reader], contact: Contact) -> Answer:
    return render.one((await _items(call, [contact]))[0], parse.fields(call))
