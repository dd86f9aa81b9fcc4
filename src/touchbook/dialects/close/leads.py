"""Leads, with their contacts inside: list, create, get, update, delete."""

from collections import defaultdict
from typing import Any

from msgspec import UNSET

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.accounts.queries import find_account
from touchbook.core.contacts.account_search import list_accounts
from touchbook.core.contacts.plain import add_contact
from touchbook.core.contacts.queries import attributes_of, contacts_of_accounts
from touchbook.core.errors import NotFound
from touchbook.core.teams.queries import users_by_id
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import contacts, ids, parse, render
from touchbook.dialects.close.query import read_terms
from touchbook.dialects.close.statuses import LEAD, lead_status_id, read_lead_status
from touchbook.dialects.close.times import show_instant
from touchbook.dialects.close.wire.contacts import ContactItem
from touchbook.dialects.close.wire.leads import LeadBody, LeadItem, NewLead
from touchbook.http.call import Answer, Call


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
    status: dict[str, Any] = (
        {} if sent.status_id is UNSET else {"status": read_lead_status(call.caller, sent.status_id)}
    )
    account = await open_account(call.tx, call.caller, kind="company", name=str(name), **status)
    for person in people:
        await add_contact(call.tx, call.caller, contacts.members_of(person), account_id=account.id)
    return await _answer(call, account)


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(LeadBody, call)
    account = await _account(call)
    # What a lead may be sent is its own: neither its people nor its users are read for it.
    changes = parse.changes(sent, _item(call, account, [], {}))
    members: dict[str, Any] = {}
    if changes.name is not UNSET:
        members["name"] = changes.name
    if changes.status_id is not UNSET:
        members["status"] = read_lead_status(call.caller, changes.status_id)
    return await _answer(
        call, await change_account(call.tx, call.caller, account.id, AccountChanges(**members)) or account
    )


async def delete(call: Call[Transaction]) -> Answer:
    await delete_account(call.tx, call.caller, await _account(call))
    return Answer(b"{}")


async def _account(call: Call[Reader]) -> Account:
    try:
        return await find_account(call.tx, call.caller, ids.uid_of("lead", call.path["id"]))
    except NotFound:
        raise NotFound("lead", call.path["id"]) from None


async def _answer(call: Call[Reader], account: Account) -> Answer:
    return render.one((await _items(call, [account]))[0], parse.fields(call))


async def _items(call: Call[Reader], accounts: list[Account]) -> list[LeadItem]:
    organization = ids.organization_id(call.caller.team_uid)
    leads = {account.id: ids.lead_id(account.uid) for account in accounts}
    people: dict[int, list[ContactItem]] = defaultdict(list)
    members = await contacts_of_accounts(call.tx, call.caller, leads)
    attributes = await attributes_of(call.tx, call.caller, [contact.id for contact in members])
    for contact in members:
        item = contacts.item(contact, attributes.get(contact.id, ()), leads[contact.account_id], organization)
        people[contact.account_id].append(item)
    users = await users_by_id(
        call.tx,
        call.caller,
        {user for account in accounts for user in (account.created_by, account.updated_by) if user},
    )
    return [_item(call, account, people[account.id], users) for account in accounts]


def _item(call: Call[Reader], account: Account, people: list[ContactItem], users: Any) -> LeadItem:
    creator, updater = users.get(account.created_by), users.get(account.updated_by)
    return LeadItem(
        id=ids.lead_id(account.uid),
        name=account.name,
        display_name=account.name,
        status_id=lead_status_id(call.caller, account.status),
        status_label=LEAD[account.status],
        contacts=people,
        organization_id=ids.organization_id(call.caller.team_uid),
        created_by=ids.user_id(creator.uid) if creator else None,
        created_by_name=creator.display_name if creator else None,
        updated_by=ids.user_id(updater.uid) if updater else None,
        updated_by_name=updater.display_name if updater else None,
        date_created=show_instant(account.created_at),
        date_updated=show_instant(account.updated_at),
    )
