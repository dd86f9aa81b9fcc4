"""Contacts: list, create, get, update, delete."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import UNSET, structs, to_builtins

from touchbook.core.accounts.queries import account_id_of, accounts_by_id
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.changes import ContactChanges
from touchbook.core.contacts.contact import Contact, full_name
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact, edit_contact
from touchbook.core.contacts.queries import attributes_of, find_contact_by_uid, foreign_members_of
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.foreign_members import members_of as members_of_dialect
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import ids, labels, parse, render
from touchbook.dialects.close.custom_fields import (
    DIALECT,
    Fields,
    attribute_changes,
    by_name,
    known_fields,
    new_attributes,
    read_sent,
    take_fields,
    values_among,
    with_fields,
)
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
    return await _answer(call, await add_to_lead(call, sent, parse.members(call), account))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(ContactBody, call)
    contact = await _contact(call)
    [shown] = await items(call, [contact], {})  # What can be sent is not its lead.
    changes = parse.changes(sent, shown.plain)
    given = await take_fields(call.tx, call.caller, read_sent(parse.members(call)), shown.values)
    edited = await edit_contact(
        call.tx,
        call.caller,
        contact,
        members_of(changes, shown.plain),
        ContactChanges(foreign_members={DIALECT: _foreign(changes)}),
        more=lambda held: attribute_changes(given, held),
    )
    return await _answer(call, edited)


async def delete(call: Call[Transaction]) -> Answer:
    await delete_contacts(call.tx, call.caller, [(await _contact(call)).id])
    return Answer(b"{}")


async def add_to_lead(
    call: Call[Transaction], sent: ContactBody, body: Mapping[str, Any], account: int
) -> Contact:
    """`body` is what was sent, with its custom fields."""
    given = await take_fields(call.tx, call.caller, read_sent(body), {})
    return await add_contact(
        call.tx,
        call.caller,
        members_of(sent),
        account_id=account,
        foreign_members={DIALECT: _foreign(sent)},
        more=new_attributes(given),
    )


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
    if sent.urls is not UNSET:
        members["website"] = sent.urls[0].url if sent.urls else None
    return PlainMembers(**members)


def _foreign(sent: ContactBody) -> dict[str, Any]:
    """The first URL is the contact's website; the others, and the types of all, are kept beside it."""
    members: dict[str, Any] = {}
    if sent.urls is not UNSET:
        plain = not sent.urls or sent.urls == [UrlItem(sent.urls[0].url)]
        members["urls"] = None if plain else to_builtins(sent.urls)
    if sent.timezone is not UNSET:
        members["timezone"] = sent.timezone or None
    return members


def _urls(website: str | None, kept: Mapping[str, Any]) -> list[UrlItem]:
    """The website may have changed elsewhere."""
    first, *others = [UrlItem(**url) for url in kept.get("urls", ())] or [UrlItem("")]
    return [UrlItem(website, first.type), *others] if website else others


def _emails(items: Sequence[EmailItem]) -> list[tuple[str, str]]:
    return [(item.email, item.type) for item in items]


def _phones(items: Sequence[PhoneItem]) -> list[tuple[str, str]]:
    return [(item.phone, item.type) for item in items]


class ShownContact(NamedTuple):
    """A contact without its custom fields, their values, and the fields of the team."""

    plain: ContactItem
    values: Mapping[UUID, Any]
    fields: Fields

    @property
    def whole(self) -> Any:
        return with_fields(self.plain, self.values, self.fields)


async def items(call: Call[Reader], contacts: Sequence[Contact], leads: Mapping[int, str]) -> list[ShownContact]:
    """`leads` are the ids of leads by account."""
    ids_ = [contact.id for contact in contacts]
    attributes = await attributes_of(call.tx, call.caller, ids_)
    foreign = await foreign_members_of(call.tx, call.caller, ids_)
    has_own = any(each.definition_id for some in attributes.values() for each in some)
    fields = await known_fields(call.tx, call.caller) if has_own else Fields()
    organization = ids.organization_id(call.caller.team_uid)
    shown = []
    for contact in contacts:
        known = attributes.get(contact.id, ())
        kept = members_of_dialect(foreign.get(contact.id), DIALECT)
        values = values_among(known, fields)
        plain = _item(contact, known, kept, leads.get(contact.account_id), organization)
        shown.append(ShownContact(structs.replace(plain, custom=by_name(values, fields)), values, fields))
    return shown


def _item(
    contact: Contact, attributes: Sequence[Attribute], kept: Mapping[str, Any], lead: str | None, organization: str
) -> ContactItem:
    return ContactItem(
        id=ids.contact_id(contact.uid),
        lead_id=lead,
        name=full_name(contact.first_name, contact.last_name),
        display_name=contact.display_name,
        title=contact.job_title,
        emails=[EmailItem(*each) for each in labels.shown(attributes, "email")],
        phones=[PhoneItem(*each) for each in labels.shown(attributes, "phone_number")],
        urls=_urls(contact.website, kept),
        timezone=kept.get("timezone"),
        organization_id=organization,
        date_created=show_instant(contact.created_at),
        date_updated=show_instant(contact.updated_at),
    )


async def _contact(call: Call[Reader]) -> Contact:
    try:
        return await find_contact_by_uid(call.tx, call.caller, ids.uid_of("cont", call.path["id"]))
    except NotFound:
        raise NotFound("contact", call.path["id"]) from None


async def _items(call: Call[Reader], contacts: list[Contact]) -> list[Any]:
    accounts = await accounts_by_id(call.tx, call.caller, {contact.account_id for contact in contacts})
    leads = {account: ids.lead_id(each.uid) for account, each in accounts.items()}
    return [shown.whole for shown in await items(call, contacts, leads)]


async def _answer(call: Call[Reader], contact: Contact) -> Answer:
    return render.one((await _items(call, [contact]))[0], parse.fields(call))
