from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count, islice
from typing import Any

import pytest

from tests.core.contacts.attributes import new, own_definition
from tests.core.contacts.rows import (
    add,
    all_events,
    attribute_of,
    check_kept,
    edit,
    events_of,
    held_by,
    history_of,
)
from tests.counting import counting
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.adding import NewContact, add_contacts
from touchbook.core.contacts.attribute import AttributeEdit, Change, NewAttribute, Removal
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.defining import define_attribute, remove_definition
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import edit_contacts
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import list_contacts
from touchbook.core.contacts.queries import find_contact, known_definitions
from touchbook.core.errors import Conflict, Forbidden, Invalid, NotFound, UnknownRecord
from touchbook.core.identity import new_uid, read_uid
from touchbook.store.postgres import Store

LATER = datetime(2027, 3, 1, 12, tzinfo=UTC)
_numbers = count()


@pytest.fixture
def later(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], datetime]:
    """Stops the clock at LATER."""

    def stop() -> datetime:
        monkeypatch.setattr(store, "clock", lambda: LATER)
        return LATER

    return stop


async def test_nothing_is_told_of_a_creation_but_one_event(store: Store, alice: Person) -> None:
    contact = await add(store, alice, new("first_name", "Ann"), new("email", "ann@example.com"), new("tag", "Vip"))
    assert await history_of(store, alice, contact) == []
    [(kind, told)] = await events_of(store, alice, "contact", contact.id)
    assert kind == "contact.created"
    assert read_uid(told.pop("account")) is not None
    assert told == {
        "display_name": "Ann",
        "owner": str(alice.caller.user_uid),
        "emails": ["ann@example.com"],
        "tags": ["Vip"],
    }


async def test_a_change_is_told_with_who_when_from_and_to(
    store: Store, alice: Person, bob: Person, later: Callable[[], datetime]
) -> None:
    contact = await contact_of(store, alice, emails=["ann@example.com"])
    email = await attribute_of(store, alice, contact, "email")
    instant = later()
    edited = await edit(
        store, bob, contact, AttributeEdit(uid=email.uid, given={"text": "a@example.com"}, label="Work")
    )
    [change] = await history_of(store, alice, contact)
    assert change["at"] > instant
    assert (change["at"] - instant).total_seconds() < 0.001
    assert {name: change[name] for name in ("attribute_uid", "actor_id", "surface", "was", "became")} == {
        "attribute_uid": email.uid,
        "actor_id": bob.user_id,
        "surface": "test",
        "was": {"type": "email", "text": "ann@example.com"},
        "became": {"type": "email", "text": "a@example.com", "label": "Work"},
    }
    assert (await events_of(store, alice, "contact", contact.id))[1:] == [
        (
            "contact.updated",
            {"attributes": {"changed": [{"from": change["was"], "to": change["became"]}]}},
        )
    ]
    assert (edited.contact.updated_by, edited.contact.updated_for) == (bob.user_id, "direct_request")
    assert edited.contact.updated_at > instant
    assert edited.contact.emails == ["a@example.com"]
    await check_kept(store, alice)


async def test_a_nought_is_told_too(store: Store, alice: Person) -> None:
    """Index 0 is an index, and 0 a number."""
    async with store.transaction() as tx:
        children = await define_attribute(
            tx, alice.caller, name="children", data_type="number", label="Children", section="Own"
        )
    contact = await add(store, alice, new("note", "x", index=0), new(children, 0))
    note, number = await held_by(store, alice, contact)
    await edit(
        store,
        alice,
        contact,
        AttributeEdit(uid=note.uid, index=None),
        AttributeEdit(uid=number.uid, given={"number": 2}),
    )
    told = [(change["was"], change["became"]) for change in await history_of(store, alice, contact)]
    assert told == [
        ({"type": "note", "text": "x", "index": 0}, {"type": "note", "text": "x"}),
        ({"type": "children", "number": "0"}, {"type": "children", "number": "2"}),
    ]


@pytest.mark.req("RC-051")
async def test_an_unmarking_is_told_and_leaves_its_times(store: Store, alice: Person, bob: Person) -> None:
    contact = await add(store, alice, new("email", "a@example.com", is_primary=True))
    old = await attribute_of(store, alice, contact, "email")
    await edit(store, bob, contact, new("email", "b@example.com", is_primary=True))
    [change] = await history_of(store, alice, contact)
    assert (change["attribute_uid"], change["actor_id"]) == (old.uid, bob.user_id)
    assert change["was"] == {"type": "email", "text": "a@example.com", "is_primary": True}
    assert change["became"] == {"type": "email", "text": "a@example.com"}
    unmarked, _ = await held_by(store, alice, contact)
    assert (unmarked.updated_at, unmarked.updated_by) == (old.updated_at, None)
    await check_kept(store, alice)


async def test_a_removal_is_told_and_ends_in_nothing(store: Store, alice: Person, bob: Person) -> None:
    contact = await contact_of(store, alice, emails=["a@example.com"])
    email = await attribute_of(store, alice, contact, "email")
    await edit(store, bob, contact, Removal(email.uid))
    [change] = await history_of(store, alice, contact)
    assert (change["attribute_uid"], change["actor_id"], change["became"]) == (email.uid, bob.user_id, None)
    assert (await events_of(store, alice, "contact", contact.id))[-1] == (
        "contact.updated",
        {"attributes": {"removed": [{"type": "email", "text": "a@example.com"}]}},
    )
    assert "email" not in [attribute.type for attribute in await held_by(store, alice, contact)]
    await check_kept(store, alice)


async def test_what_is_replaced_was_removed(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    await edit(store, alice, contact, new("first_name", "Linda"))
    [change] = await history_of(store, alice, contact)
    assert (change["was"], change["became"]) == ({"type": "first_name", "text": "Sarah"}, None)
    [(_, told)] = (await events_of(store, alice, "contact", contact.id))[1:]
    assert told["attributes"].keys() == {"added", "removed"}


async def test_what_differs_in_nothing_leaves_no_trace(store: Store, alice: Person, bob: Person) -> None:
    contact = await add(store, alice, new("first_name", "Ann"), new("tag", "Vip"))
    events = await all_events(store, alice)
    name, _ = await held_by(store, alice, contact)
    edited = await edit(store, bob, contact, AttributeEdit(uid=name.uid, given={"text": "Ann"}), new("tag", "Vip"))
    assert not edited.outcome
    assert edited.contact == contact
    assert await history_of(store, alice, contact) == []
    assert await all_events(store, alice) == events
    async with store.reading() as reader:
        assert await find_contact(reader, alice.caller, contact.id) == contact


async def test_search_follows_every_change(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, "Sarah Connor", phone_numbers=["(312) 555-0100"])

    async def found(search: str) -> bool:
        async with store.reading() as reader:
            rows = await list_contacts(reader, alice.caller, ContactFilter(search=search), offset=0, limit=10)
        return rows != []

    assert await found("3125550100")
    phone = await attribute_of(store, alice, contact, "phone_number")
    await edit(
        store, alice, contact, Removal(phone.uid), new("nickname", "Éowyn"), new("birthday", date(1970, 1, 1))
    )
    assert [await found(search) for search in ("3125550100", "eowyn", "connor sarah", "1970")] == [
        False, True, True, False,
    ]  # fmt: skip
    await check_kept(store, alice)


@pytest.mark.req("RC-142")
async def test_tags_come_into_the_collection_and_stay(store: Store, alice: Person, charlie: Person) -> None:
    contact = await add(store, alice, new("tag", "Vip"), new("tag", "Aunts"))
    tag = (await held_by(store, alice, contact))[0]
    await edit(store, alice, contact, AttributeEdit(uid=tag.uid, given={"text": "General"}), new("tag", "Vip"))
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select g.text from tags g where g.team_id = $1 and g.text = any($2::text[]) order by g.text",
            alice.team.id,
            ["Vip", "Aunts", "General"],
        )
        foreign = await reader.fetch_value(
            "select count(*) from tags g where g.team_id = $1 and g.text = 'Vip'", charlie.team.id
        )
    assert [row["text"] for row in rows] == ["Aunts", "General", "Vip"]
    assert foreign == 0
    assert (await all_events(store, alice)).count("tag.created") == 3


async def test_an_edit_of_several_is_whole_or_nothing(store: Store, alice: Person, charlie: Person) -> None:
    """RC-061 in the core."""
    mine, foreign = await contact_of(store, alice), await contact_of(store, charlie)
    gone = await contact_of(store, alice)
    async with store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [gone.id])
    events = await all_events(store, alice)
    for other in (foreign.id, gone.id, 2**40):
        changes = {mine.id: [new("note", "x")], other: [new("note", "x")]}
        with pytest.raises(NotFound):
            async with store.transaction() as tx:
                await edit_contacts(tx, alice.caller, changes, GLOBAL)
    assert await all_events(store, alice) == events
    assert len(await held_by(store, alice, mine)) == 2


@pytest.mark.req("RC-066")
async def test_an_attribute_of_another_contact_is_not_found(store: Store, alice: Person, charlie: Person) -> None:
    mine = await contact_of(store, alice)
    for person in (alice, charlie):
        other = (await held_by(store, person, await contact_of(store, person)))[0]
        changes: list[Change] = [AttributeEdit(uid=other.uid, label="x"), Removal(other.uid)]
        for change in changes:
            with pytest.raises(NotFound):
                await edit(store, alice, mine, change)


async def test_an_owner_must_be_a_member(store: Store, alice: Person, charlie: Person) -> None:
    with pytest.raises(UnknownRecord):
        await add(store, alice, new("first_name", "Ann"), owner_id=charlie.user_id)


def many(number: int) -> list[NewAttribute]:
    """Of several types, one tag among each four; no tag comes twice."""
    made = []
    for each in islice(_numbers, number):
        kind = ("email", "phone_number", "tag", "note")[each % 4]
        made.append(new(kind, f"{each}@example.com" if kind == "email" else f"312 555 {each:04}"))
    return made


async def test_adding_takes_as_many_statements_for_a_hundred_as_for_one(store: Store, alice: Person) -> None:
    async def run(contacts: int, attributes: int) -> None:
        fresh = [NewContact(attributes=[new("first_name", "Ann"), *many(attributes)]) for _ in range(contacts)]
        async with store.transaction() as tx:
            await add_contacts(tx, alice.caller, fresh, GLOBAL)

    with counting() as sent:
        counts = []
        for contacts, attributes in ((1, 4), (1, 200), (100, 4)):
            await run(contacts, attributes)
            counts.append(sent())
    assert counts == [counts[0]] * 3


async def test_editing_takes_as_many_statements_for_fifty_as_for_one(store: Store, alice: Person) -> None:
    contacts = [await contact_of(store, alice, emails=["a@example.com"]) for _ in range(50)]
    attributes = {contact.id: await held_by(store, alice, contact) for contact in contacts}

    def changes(contact: Contact, text: str, number: int) -> list[Change]:
        email = attributes[contact.id][2]
        edits: list[Change] = [AttributeEdit(uid=email.uid, given={"text": text})]
        return [*edits, new("first_name", text), new("company", text), *many(number)]

    async def run(some: list[Contact], text: str, number: int) -> None:
        async with store.transaction() as tx:
            edits = {contact.id: changes(contact, text, number) for contact in some}
            await edit_contacts(tx, alice.caller, edits, GLOBAL)

    with counting() as sent:
        counts = []
        for some, text, number in (
            (contacts[:1], "b@example.com", 4),
            (contacts[1:2], "c@example.com", 200),
            (contacts[2:], "d@example.com", 4),
        ):
            await run(some, text, number)
            counts.append(sent())
    assert counts == [counts[0]] * 3
    await check_kept(store, alice)


async def test_a_contact_is_read_by_one_statement(store: Store, alice: Person) -> None:
    contacts = [await add(store, alice, new("first_name", "Ann"), *many(number)) for number in (1, 200)]
    with counting() as sent:
        for contact in contacts:
            async with store.reading() as reader:
                shown = await find_contact(reader, alice.caller, contact.id)
            assert shown == contact
            assert sent() == 1
        for limit in (1, 2):
            async with store.reading() as reader:
                rows = await list_contacts(reader, alice.caller, offset=0, limit=limit)
            assert len(rows) == limit
            assert sent() == 1


@pytest.mark.req("RC-177")
async def test_an_own_definition_goes_with_its_values(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        pet = await define_attribute(
            tx,
            alice.caller,
            name="pet",
            data_type="text",
            label="Pet",
            section="Own",
            required=True,
            searchable=True,
        )
    contact = await add(store, alice, new("first_name", "Ann"), new(pet, "Rex"))
    [_, rex] = await held_by(store, alice, contact)
    with pytest.raises(Invalid):
        await edit(store, alice, contact, Removal(rex.uid))
    with pytest.raises(Invalid):
        await add(store, alice, new("first_name", "Bea"))
    async with store.transaction() as tx:
        await remove_definition(tx, bob.caller, uid=pet.uid)
    assert [attribute.type for attribute in await held_by(store, alice, contact)] == ["first_name"]
    [change] = await history_of(store, alice, contact)
    assert (change["was"], change["became"], change["actor_id"]) == (
        {"type": "pet", "text": "Rex"},
        None,
        bob.user_id,
    )
    await check_kept(store, alice)
    await add(store, alice, new("first_name", "Bea"))
    async with store.reading() as reader:
        assert (await known_definitions(reader, alice.caller)).named("pet") is None


@pytest.mark.req("RC-165", "RC-166")
async def test_definitions_belong_to_their_team(store: Store, alice: Person, charlie: Person) -> None:
    async with store.transaction() as tx:
        pet = await define_attribute(tx, alice.caller, name="pet", data_type="text", label="Pet", section="Own")
    async with store.reading() as reader:
        assert (await known_definitions(reader, charlie.caller)).named("pet") is None
        assert (await known_definitions(reader, alice.caller)).of_uid(pet.uid) == pet
    refusals: list[tuple[Any, Any, type[Exception]]] = [
        (charlie, pet.uid, NotFound),
        (alice, new_uid(), NotFound),
        (alice, next(iter(GLOBAL)).uid, Forbidden),
    ]
    for person, uid, error in refusals:
        with pytest.raises(error):
            async with store.transaction() as tx:
                await remove_definition(tx, person.caller, uid=uid)
    for name in ("pet", "email"):
        with pytest.raises(Conflict):
            async with store.transaction() as tx:
                await define_attribute(tx, alice.caller, name=name, data_type="text", label="x", section="Own")


async def test_a_definition_has_its_old_name_to_give(store: Store, alice: Person) -> None:
    for _ in range(2):
        async with store.transaction() as tx:
            pet = await define_attribute(tx, alice.caller, name="pet", data_type="text", label="x", section="Own")
        await add(store, alice, new("first_name", "Ann"), new(pet, "Rex"))
        async with store.transaction() as tx:
            await remove_definition(tx, alice.caller, uid=pet.uid)
    await check_kept(store, alice)


def test_of_definitions_the_newest_come_first() -> None:
    """RC-159"""
    times = [definition.created_at for definition in GLOBAL]
    assert times == sorted(times, reverse=True)
    assert len(times) == 29
    assert own_definition().is_global is False
