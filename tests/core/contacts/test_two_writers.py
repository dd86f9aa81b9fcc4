"""Writers at once on one contact: never two primaries, two singulars, a deadlock, or a stale derivation."""

import asyncio
import random
from collections.abc import Awaitable
from typing import Any

import httpx
import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import add, check_kept, edit, edit_plainly, held_by
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.editing import edit_contacts
from touchbook.core.errors import NotFound
from touchbook.store.postgres import Store

ROUNDS = 60
TEXTS = {
    "first_name": ["Ann", "Bea"],
    "company": ["ACME", "Cyberdyne", "acme"],
    "email": ["a@example.com", "b@example.com"],
    "phone_number": ["312 555 0100", "+13125550101"],
    "tag": ["Hot", "Warm", "Vip"],
}


@pytest.fixture
def chance() -> random.Random:
    return random.Random(7)


def some_changes(chance: random.Random, held: list[Attribute]) -> list[Change]:
    changes: list[Change] = []
    for attribute in chance.sample(held, min(2, len(held))):
        if chance.random() < 0.3:
            changes.append(Removal(attribute.uid))
        else:
            text = chance.choice(TEXTS[attribute.type])
            edit = AttributeEdit(uid=attribute.uid, given={"text": text}, is_primary=chance.random() < 0.5)
            changes.append(edit)
    kind = chance.choice(list(TEXTS))
    primary, partner = chance.random() < 0.7, chance.random() < 0.3
    return [*changes, new(kind, chance.choice(TEXTS[kind]), is_primary=primary, is_partner=partner)]


async def at_once(*writers: Awaitable[Any]) -> int:
    """Answers how many were refused because what they meant was gone; any other error is one of the test."""
    async with asyncio.timeout(20):
        outcomes = await asyncio.gather(*writers, return_exceptions=True)
    wrong = [each for each in outcomes if isinstance(each, BaseException) and not isinstance(each, NotFound)]
    assert wrong == []
    return sum(isinstance(each, NotFound) for each in outcomes)


async def test_two_writers_keep_the_rules(store: Store, alice: Person, bob: Person, chance: random.Random) -> None:
    contact = await contact_of(store, alice, emails=["a@example.com"])
    refused = 0
    for _ in range(ROUNDS):
        held = [each for each in await held_by(store, alice, contact) if each.type in TEXTS]
        refused += await at_once(
            *(edit(store, person, contact, *some_changes(chance, held)) for person in (alice, bob, alice))
        )
        await check_kept(store, alice)
    assert refused < 2 * ROUNDS


async def test_two_writers_of_several_contacts_do_not_wait_for_each_other(
    store: Store, alice: Person, bob: Person, chance: random.Random
) -> None:
    """Whatever the order in which each names them, and whatever companies and tags they open."""
    contacts = [await contact_of(store, alice, f"Person {number}") for number in range(5)]

    async def write(person: Person, *fresh: NewAttribute) -> None:
        some = chance.sample(contacts, 4)
        changes = {each.id: [*some_changes(chance, []), *fresh] for each in some}
        async with store.transaction() as tx:
            await edit_contacts(tx, person.caller, changes, GLOBAL)

    for number in range(ROUNDS):
        fresh = new("tag", f"tag {number}"), new("company", f"company {number}")
        adding = [add(store, alice, new("first_name", "Ann"), *fresh) for _ in range(2)]
        assert await at_once(write(alice, *fresh), *adding, write(bob, *fresh)) == 0
    await check_kept(store, alice)


async def test_two_marks_leave_one_primary(store: Store, alice: Person, bob: Person) -> None:
    for _ in range(ROUNDS // 2):
        contact = await contact_of(store, alice, emails=["a@example.com", "b@example.com"])
        mails = [each for each in await held_by(store, alice, contact) if each.type == "email"]
        marks = [AttributeEdit(uid=mail.uid, is_primary=True) for mail in mails]
        pairs = zip((alice, bob), marks, strict=True)
        assert await at_once(*(edit(store, person, contact, mark) for person, mark in pairs)) == 0
        after = await held_by(store, alice, contact)
        assert sum(each.is_primary for each in after) == 1
    await check_kept(store, alice)


async def test_plain_lists_written_at_once_are_the_one_or_the_other(
    store: Store, alice: Person, bob: Person
) -> None:
    lists = [["a@example.com", "c@example.com"], ["b@example.com", "d@example.com", "a@example.com"]]
    for _ in range(ROUNDS // 2):
        contact = await contact_of(store, alice, emails=["x@example.com", "y@example.com"])
        pairs = zip((alice, bob), lists, strict=True)
        assert await at_once(*(edit_plainly(store, who, contact, emails=mails) for who, mails in pairs)) == 0
        left = {each.text for each in await held_by(store, alice, contact) if each.type == "email"}
        assert left in [set(each) for each in lists]
    await check_kept(store, alice)


async def test_two_writers_over_http(store: Store, alice: Person, bob: Person, chance: random.Random) -> None:
    contact = await contact_of(store, alice, emails=["a@example.com"])

    def sent(held: list[Attribute]) -> dict[str, Any]:
        kind = chance.choice(list(TEXTS))
        fresh = {
            "attribute_type": kind,
            "text": chance.choice(TEXTS[kind]),
            "is_primary": True,
            "is_partner": chance.random() < 0.3,
        }
        known = chance.choice(held)
        edit = {"id": str(known.uid), "text": chance.choice(TEXTS[known.type]), "is_primary": True}
        return {"attributes": [edit, fresh]}

    async def patch(person: Person, held: list[Attribute]) -> httpx.Response:
        return await person.rechat.patch(f"/contacts/{contact.uid}", json=sent(held))

    statuses: set[int] = set()
    for _ in range(ROUNDS):
        held = [each for each in await held_by(store, alice, contact) if each.type in TEXTS]
        async with asyncio.timeout(20):
            answers = await asyncio.gather(*(patch(person, held) for person in (alice, bob, alice)))
        statuses |= {answer.status_code for answer in answers}
        await check_kept(store, alice)
    assert 200 in statuses
    assert statuses <= {200, 400, 404}
