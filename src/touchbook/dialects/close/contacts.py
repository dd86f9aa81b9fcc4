"""Contacts: list, create, get, update, delete."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from touchbook.core.accounts.queries import account_id_of, accounts_by_id
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import Contact, full_name
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact, edit_contact
from touchbook.core.contacts.queries import attributes_of, find_contact_by_uid
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import ids, labels, parse, render
from touchbook.dialects.close.filters import NOBODY
from touchbook.dialects.close.query import read_words
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire.contacts import ContactBody, ContactItem, EmailItem, PhoneItem, UrlItem
from touchbook.http.call import Answer, Call


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    account = None
    if "lead_id" in given:
        account = await account_id_of(call.tx, call.caller, ids.uid_of("lead", given["lead_id"])) or NOBODY
    contacts = await list_contacts(
        call.tx,
        call.caller,
        ContactFilter(search=read_words(given.get("query", "")), account=account),
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
    return await _answer(call, await add_contact(call.tx, call.caller, members_of(sent), account_id=account))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(ContactBody, call)
    contact = await _contact(call)
    attributes = await attributes_of(call.tx, call.caller, [contact.id])
    shown = item(contact, attributes.get(contact.id, ()), None, "")  # What can be sent is not its lead.
    members = members_of(parse.changes(sent, shown), shown)
    return await _answer(call, await edit_contact(call.tx, call.caller, contact, members))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_contacts(call.tx, call.caller, [(await _contact(call)).id])
    return Answer(b"{}")


def members_of(sent: ContactBody, shown: ContactItem | None = None) -> PlainMembers:
    """Split a name at the first blank into first and last name. `shown` is the contact before the change."""
    members: dict[str, Any] = {}
    if sent.name is not UNSET:
        first, _, last = (sent.name or "").strip().partition(" ")
        members |= {"first_name": first or None, "last_name": last.strip() or None}
    if sent.title is not UNSET:
        members["job_title"] = (sent.title or "").strip() or None
    if sent.emails is not UNSET:
        members["emails"] = labels.requested(_emails(sent.emails), _emails(shown.emails if shown else ()))
    if sent.phones is not UNSET:
        members["phone_numbers"] = labels.requested(_phones(sent.phones), _phones(shown.phones if shown else ()))
    return PlainMembers(**members)


def _emails(items: Sequence[EmailItem]) -> list[tuple[str, str]]:
    return [(item.email, item.type) for item in items]


def _phones(items: Sequence[PhoneItem]) -> list[tuple[str, str]]:
    return [(item.phone, item.type) for item in items]


def item(contact: Contact, attributes: Sequence[Attribute], lead: str | None, organization: str) -> ContactItem:
    return ContactItem(
        id=ids.contact_id(contact.uid),
        lead_id=lead,
        name=full_name(contact.first_name, contact.last_name),
        display_name=contact.display_name,
        title=contact.job_title,
        emails=[EmailItem(*each) for each in labels.shown(attributes, "email")],
        phones=[PhoneItem(*each) for each in labels.shown(attributes, "phone_number")],
        urls=[UrlItem(contact.website)] if contact.website else [],
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
    attributes = await attributes_of(call.tx, call.caller, [contact.id for contact in contacts])
    organization = ids.organization_id(call.caller.team_uid)
    return [
        item(contact, attributes.get(contact.id, ()), ids.lead_id(accounts[contact.account_id].uid), organization)
        for contact in contacts
    ]


async def _answer(call: Call[Reader], contact: Contact) -> Answer:
    return render.one((await _items(call, [contact]))[0], parse.fields(call))
