"""Contacts with requested members beside the 46 fixed ones; the same few queries for any number of contacts."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import OwnedContact, attributes_and_authors, known_definitions
from touchbook.core.deals.queries import DealWithRoles, deals_of_contacts
from touchbook.core.enrolments.queries import states_of_contacts
from touchbook.core.folding import same
from touchbook.core.lists.queries import lists_of_contacts
from touchbook.core.numbers import e164
from touchbook.core.teams.queries import list_users, team_of, user_uids, users_by_id
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.brands import brand_item
from touchbook.dialects.rechat.contacts import render
from touchbook.dialects.rechat.contacts.items import AttributeItem, ContactItem, DealItem, DefinitionItem
from touchbook.dialects.rechat.render import Uids, brand_of
from touchbook.dialects.rechat.users import UserItem, user_item
from touchbook.http.call import Call

# As many attributes are shown before other requests have their turn.
_AT_ONCE = 1000
_PEOPLE = {"contact.user": "owner_id", "contact.created_by": "created_by", "contact.updated_by": "updated_by"}


async def owned_items(call: Call[Reader], found: Sequence[OwnedContact]) -> list[ContactItem]:
    owners = {each.contact.owner_id: each.owner_uid for each in found}
    return await contact_items(call, [each.contact for each in found], owners)


async def contact_items(
    call: Call[Reader], contacts: Sequence[Contact], owners: Uids | None = None
) -> list[ContactItem]:
    """`owners`: the uids of all owners, if they are known."""
    asked = parse.associations(call)
    brand = brand_of(call.caller)
    more: dict[int, dict[str, Any]] = {contact.id: {} for contact in contacts}
    if owners is None:
        owners = await user_uids(call.tx, call.caller, {contact.owner_id for contact in contacts})
    if "contact.attributes" in asked:
        held, uids = await attributes_and_authors(call.tx, call.caller, list(more))
        definitions = await definitions_by_name(call) if "contact_attribute.attribute_def" in asked else {}
        shown = 0
        for contact in contacts:
            own = held.get(contact.id, ())
            more[contact.id]["attributes"] = attribute_items(contact, own, uids, definitions)
            shown += len(own)
            if shown >= _AT_ONCE:
                await asyncio.sleep(0)
                shown = 0
    if "contact.summary" in asked:
        for contact in contacts:
            more[contact.id]["summary"] = render.summary_item(contact)
    if "contact.brand" in asked:
        whole = brand_item(await team_of(call.tx, call.caller))
        for members in more.values():
            members["brand"] = whole
    await _add_people(call, contacts, asked, more)
    await _add_related(call, contacts, asked, more)
    return [render.contact_item(contact, brand, owners, **more[contact.id]) for contact in contacts]


def attribute_items(
    contact: Contact, attributes: Sequence[Attribute], uids: Uids, definitions: Mapping[str, DefinitionItem]
) -> list[AttributeItem]:
    return [
        render.attribute_item(attribute, contact, uids, definitions.get(attribute.type))
        for attribute in attributes
    ]


async def show_attributes(
    call: Call[Reader], contact: Contact, attributes: Sequence[Attribute]
) -> list[AttributeItem]:
    authors = {user for each in attributes for user in (each.created_by, each.updated_by) if user}
    uids = await user_uids(call.tx, call.caller, authors)
    whole = "contact_attribute.attribute_def" in parse.associations(call)
    return attribute_items(contact, attributes, uids, await definitions_by_name(call) if whole else {})


async def definitions_by_name(call: Call[Reader]) -> dict[str, DefinitionItem]:
    """The newest definition wins (RC-159)."""
    definitions = await known_definitions(call.tx, call.caller)
    authors = {definition.created_by for definition in definitions if definition.created_by}
    uids = await user_uids(call.tx, call.caller, authors)
    return render.definition_items(definitions, brand_of(call.caller), uids)


def deal_items(call: Call[Reader], deals: Iterable[DealWithRoles]) -> dict[int, DealItem]:
    brand = brand_of(call.caller)
    return {deal.id: render.deal_item(deal, brand, roles) for deal, roles in deals}


async def _add_people(
    call: Call[Reader], contacts: Sequence[Contact], asked: frozenset[str], more: dict[int, dict[str, Any]]
) -> None:
    requested = {name: column for name, column in _PEOPLE.items() if name in asked}
    if not requested:
        return
    ids = {getattr(contact, column) for contact in contacts for column in requested.values()} - {None}
    users = await users_by_id(call.tx, call.caller, ids)
    for contact in contacts:
        for name, column in requested.items():
            user = users.get(getattr(contact, column) or 0)
            more[contact.id][name.removeprefix("contact.")] = user and user_item(user, call.caller, call.tx.now)


async def _add_related(
    call: Call[Reader], contacts: Sequence[Contact], asked: frozenset[str], more: dict[int, dict[str, Any]]
) -> None:
    if "contact.users" in asked:
        team = await list_users(call.tx, call.caller.team_id)
        for contact in contacts:
            more[contact.id]["users"] = _same_people(call, contact, team)
    if "contact.flows" in asked:
        enrolments = await states_of_contacts(call.tx, call.caller, list(more))
        for contact in contacts:
            more[contact.id]["flows"] = [render.flow_item(each) for each in enrolments.get(contact.id, ())]
    if "contact.lists" in asked:
        lists = await lists_of_contacts(call.tx, call.caller, list(more))
        for contact in contacts:
            more[contact.id]["lists"] = [render.list_item(kept) for kept in lists.get(contact.id, ())]
    if "contact.deals" in asked:
        deals = await deals_of_contacts(call.tx, call.caller, list(more))
        shown = deal_items(call, (each for own in deals.values() for each in own))
        for contact in contacts:
            more[contact.id]["deals"] = [shown[deal.id] for deal, _ in deals.get(contact.id, ())]


def _same_people(call: Call[Reader], contact: Contact, team: Sequence[User]) -> list[UserItem]:
    """Find members whose e-mail address or phone number is one of the contact's (RC-173)."""
    region = call.caller.region
    emails = set(map(same, contact.emails))
    phones = {e164(number, region) for number in contact.phone_numbers} - {None}
    return [
        user_item(user, call.caller, call.tx.now)
        for user in team
        if same(user.email) in emails or (user.phone_number and e164(user.phone_number, region) in phones)
    ]
