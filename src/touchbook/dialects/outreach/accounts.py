"""Create, update, delete accounts."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.differing import said
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import differing_attributes, read_sent, required
from touchbook.dialects.outreach.resources.accounts import ACCOUNTS
from touchbook.http.call import Answer, Call

WRITABLE = ()
_MEMBERS = {"name": "name", "description": "description", "website_url": "url"}


class AccountWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=65_536)] | UnsetType | None = UNSET
    website_url: Annotated[str, Meta(max_length=2048)] | UnsetType | None = UNSET


async def create(call: Call[Transaction]) -> Answer:
    sent = await read_sent(call, ACCOUNTS, AccountWrite, WRITABLE)
    required({"/data/attributes/name": sent.attributes.name})
    account = await open_account(call.tx, call.caller, kind="company", **_members(said(sent.attributes)))
    return await show_now(call, ACCOUNTS, account.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, account = await find(call, ACCOUNTS, call.path["id"])
    sent = await read_sent(call, ACCOUNTS, AccountWrite, WRITABLE, identifier=identifier, shown=account)
    changes = AccountChanges(**_members(differing_attributes(sent.attributes, ACCOUNTS.show(account))))
    await change_account(call.tx, call.caller, account.id, changes)
    return await show_now(call, ACCOUNTS, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    _, account = await find(call, ACCOUNTS, call.path["id"])
    await delete_account(call.tx, call.caller, account)
    return Answer(b"", 204)


def _members(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {_MEMBERS[name]: value for name, value in attributes.items()}
