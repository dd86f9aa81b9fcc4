"""Create, update, delete accounts."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.deleting import delete_account
from touchbook.core.accounts.opening import open_account
from touchbook.core.differing import said
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.jsonapi.members import beside, split_members, taking_members
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.accounts import ACCOUNTS, KEPT
from touchbook.http.call import Answer, Call

WRITABLE = ("owner",)
_MEMBERS = {"name": "name", "description": "description", "website_url": "url"}


class _AccountWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    name: Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")] | UnsetType = UNSET
    description: Annotated[str, Meta(max_length=65_536)] | UnsetType | None = UNSET
    website_url: Annotated[str, Meta(max_length=2048)] | UnsetType | None = UNSET


AccountWrite = taking_members(_AccountWrite, KEPT)


async def create(call: Call[Transaction]) -> Answer:
    sent = await read_sent(call, ACCOUNTS, AccountWrite, WRITABLE)
    required({"/data/attributes/name": sent.attributes.name})
    owner = sent.related.get("owner")
    members = _members(said(sent.attributes)) | ({"owner_id": owner.id} if owner else {})
    account = await open_account(call.tx, call.caller, kind="company", **members)
    return await show_now(call, ACCOUNTS, account.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, account = await find(call, ACCOUNTS, call.path["id"])
    sent = await read_sent(call, ACCOUNTS, AccountWrite, WRITABLE, identifier=identifier, shown=account)
    changes = _members(differing_attributes(sent.attributes, ACCOUNTS.show(account)))
    related = differing_relations(sent.related, ACCOUNTS, account)
    changes |= {"owner_id": related["owner"]} if "owner" in related else {}
    await change_account(call.tx, call.caller, account.id, AccountChanges(**changes))
    return await show_now(call, ACCOUNTS, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    _, account = await find(call, ACCOUNTS, call.path["id"])
    await delete_account(call.tx, call.caller, account)
    return Answer(b"", 204)


def _members(attributes: Mapping[str, Any]) -> dict[str, Any]:
    kept, own = split_members(KEPT, attributes)
    members = {_MEMBERS[name]: value for name, value in own.items()}
    return {**members, "foreign_members": beside(kept)} if kept else members
