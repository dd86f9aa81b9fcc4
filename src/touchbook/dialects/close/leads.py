"""Leads, with their contacts inside: list, create, get, update, delete."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Struct, UnsetType, structs

from touchbook.core.accounts.account import Account, AccountAddress
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.accounts.queries import find_account
from touchbook.core.contacts.account_search import list_accounts
from touchbook.core.contacts.queries import contacts_of_accounts
from touchbook.core.errors import NotFound
from touchbook.core.teams.queries import users_by_id
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import contacts, ids, parse, render
from touchbook.dialects.close.custom_fields import (
    DIALECT,
    Fields,
    beside,
    by_name,
    known_fields,
    named_as_sent,
    read_sent,
    take_fields,
    values_beside,
    with_fields,
)
from touchbook.dialects.close.query import read_terms
from touchbook.dialects.close.statuses import LEAD, lead_status_id, lead_status_labelled, read_lead_status
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire.leads import AddressItem, LeadBody, LeadItem, NewLead
from touchbook.http.call import Answer, Call

_PARTS = {"address_1": "line1", "address_2": "line2", "zipcode": "postcode"}
_SHOWN_PARTS = {ours: theirs for theirs, ours in _PARTS.items()}


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    terms = read_terms(given.get("query", ""))
    accounts = await list_accounts(call.tx, call.caller, terms, offset=page.skip, limit=page.limit + 1)
    return render.listed(await _items(call, accounts), page)


async def get(call: Call[Reader]) -> Answer:
    return await _answer(call, await _account(call))


async def create(call: Call[Transaction]) -> Answer:
    """A lead without a name is called after its first contact."""
    sent = parse.body(NewLead, call)
    people = [] if sent.contacts is UNSET else sent.contacts
    name = sent.name if sent.name is not UNSET else next((person.name for person in people if person.name), None)
    parse.required(name=name)
    body = parse.members(call)
    members = {**_members(call, sent), "name": str(name)}
    given = await take_fields(call.tx, call.caller, read_sent(body), {})
    members["foreign_members"] = {DIALECT: beside(given)}
    with named_as_sent(given):
        account = await open_account(call.tx, call.caller, kind="company", **members)
    for person, each in zip(people, body.get("contacts", ()), strict=True):
        await contacts.add_to_lead(call, person, each, account.id)
    return await _answer(call, account)


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(LeadBody, call)
    account = await _account(call)
    # What a lead may be sent is its own: neither its people nor its users are read for it.
    sent = structs.replace(sent, status_id=_status_id(call, sent), status=UNSET)
    members = _members(call, parse.changes(sent, _item(call, account, [], {}, Fields())))
    values = values_beside(account.foreign_members)
    given = await take_fields(call.tx, call.caller, read_sent(parse.members(call)), values)
    members["foreign_members"] = {DIALECT: beside(given)}
    with named_as_sent(given):
        changed = await change_account(call.tx, call.caller, account.id, AccountChanges(**members))
    return await _answer(call, changed or account)


async def delete(call: Call[Transaction]) -> Answer:
    await delete_account(call.tx, call.caller, await _account(call))
    return Answer(b"{}")


def _members(call: Call[Any], sent: LeadBody) -> dict[str, Any]:
    members: dict[str, Any] = {}
    status_id = _status_id(call, sent)
    if sent.name is not UNSET:
        members["name"] = sent.name
    if status_id is not UNSET:
        members["status"] = read_lead_status(call.caller, status_id)
    if sent.description is not UNSET:
        members["description"] = sent.description or None
    if sent.url is not UNSET:
        members["url"] = sent.url or None
    if sent.addresses is not UNSET:
        members["addresses"] = [AccountAddress(**_renamed(address, _PARTS)) for address in sent.addresses]
    return members


def _status_id(call: Call[Any], sent: LeadBody) -> str | UnsetType:
    """An id counts, if one is sent beside a label."""
    if sent.status is UNSET or sent.status_id is not UNSET:
        return sent.status_id
    return lead_status_labelled(call.caller, sent.status)


def _renamed(address: Struct, names: Mapping[str, str]) -> dict[str, Any]:
    return {names.get(name, name): part for name, part in structs.asdict(address).items()}


async def _account(call: Call[Reader]) -> Account:
    try:
        return await find_account(call.tx, call.caller, ids.uid_of("lead", call.path["id"]))
    except NotFound:
        raise NotFound("lead", call.path["id"]) from None


async def _answer(call: Call[Reader], account: Account) -> Answer:
    return render.one((await _items(call, [account]))[0], parse.fields(call))


async def _items(call: Call[Reader], accounts: list[Account]) -> list[Any]:
    leads = {account.id: ids.lead_id(account.uid) for account in accounts}
    people: dict[int, list[Any]] = defaultdict(list)
    members = await contacts_of_accounts(call.tx, call.caller, leads)
    for contact, shown in zip(members, await contacts.items(call, members, leads), strict=True):
        people[contact.account_id].append(shown.whole)
    values = {account.id: values_beside(account.foreign_members) for account in accounts}
    fields = await known_fields(call.tx, call.caller) if any(values.values()) else Fields()
    users = await users_by_id(
        call.tx,
        call.caller,
        {user for account in accounts for user in (account.created_by, account.updated_by) if user},
    )
    items = [_item(call, account, people[account.id], users, fields) for account in accounts]
    return [with_fields(item, values[account.id], fields) for item, account in zip(items, accounts, strict=True)]


def _item(call: Call[Reader], account: Account, people: list[Any], users: Any, fields: Fields) -> LeadItem:
    creator, updater = users.get(account.created_by), users.get(account.updated_by)
    return LeadItem(
        id=ids.lead_id(account.uid),
        name=account.name,
        display_name=account.name,
        status_id=lead_status_id(call.caller, account.status),
        status_label=LEAD[account.status],
        description=account.description or "",
        url=account.url,
        addresses=[AddressItem(**_renamed(address, _SHOWN_PARTS)) for address in account.addresses],
        contacts=people,
        custom=by_name(values_beside(account.foreign_members), fields),
        organization_id=ids.organization_id(call.caller.team_uid),
        created_by=ids.user_id(creator.uid) if creator else None,
        created_by_name=creator.display_name if creator else None,
        updated_by=ids.user_id(updater.uid) if updater else None,
        updated_by_name=updater.display_name if updater else None,
        date_created=show_instant(account.created_at),
        date_updated=show_instant(account.updated_at),
    )
