"""The account of a contact, as 7.5 of the requirements has it."""

import asyncio
from typing import Any

import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import add, all_events, attribute_of, edit, edit_plainly, events_of
from tests.dialects.close.asking import id_of
from tests.dialects.close.records import new_contact, new_lead, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.accounts.account import Account
from touchbook.core.accounts.changing import AccountChanges, change_account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.contacts.attribute import AttributeEdit
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.editing import edit_contacts
from touchbook.core.contacts.queries import find_contact, find_contacts
from touchbook.core.deals.opening import open_deal
from touchbook.core.deals.queries import find_deal
from touchbook.core.foreign_members import members_of
from touchbook.core.identity import prefixed_id, uid_from_prefixed
from touchbook.core.tasks.queries import find_task
from touchbook.store.postgres import Store


async def account_of(store: Store, person: Person, contact: Contact) -> Account:
    async with store.reading() as reader:
        now = await find_contact(reader, person.caller, contact.id)
        return (await accounts_by_id(reader, person.caller, [now.account_id]))[now.account_id]


async def move_to(store: Store, person: Person, contact: Contact, company: str | None) -> Contact:
    return await edit_plainly(store, person, contact, company=company)


async def visible_accounts(store: Store, person: Person) -> list[tuple[str, str]]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select a.kind, a.name from accounts a where a.team_id = $1 and a.deleted_at is null order by a.id",
            person.team.id,
        )
    return [(row["kind"], row["name"]) for row in rows]


async def test_a_company_takes_a_contact_with_its_tasks_and_deals(store: Store, alice: Person) -> None:
    sarah, kate = await contact_of(store, alice), await contact_of(store, alice, "Kate")
    task, other = [await task_of(store, alice, contact_id=contact.id) for contact in (sarah, kate)]
    async with store.transaction() as tx:
        deal, foreign = [
            await open_deal(tx, alice.caller, title="12 Elm", contact_id=contact.id) for contact in (sarah, kate)
        ]
    old = await account_of(store, alice, sarah)
    moved = await move_to(store, alice, sarah, "Cyberdyne")
    account = await account_of(store, alice, sarah)
    assert (account.kind, account.name, account.id) == ("company", "Cyberdyne", moved.account_id)
    assert account.id != old.id
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).account_id == account.id
        assert (await find_deal(reader, alice.caller, deal.id)).account_id == account.id
        assert await find_task(reader, alice.caller, other.id) == other
        assert await find_deal(reader, alice.caller, foreign.id) == foreign
    assert await visible_accounts(store, alice) == [("person", "Kate"), ("company", "Cyberdyne")]
    assert [kind for kind, _ in await events_of(store, alice, "account", account.id)] == ["account.created"]


async def test_colleagues_share_the_account_whatever_the_case(
    store: Store, alice: Person, charlie: Person
) -> None:
    company = new("company", "ACME Österreich")
    ann = await add(store, alice, new("first_name", "Ann"), company)
    bea = await add(store, alice, new("first_name", "Bea"), new("company", "acme ÖSTERREICH"))
    cleo = await move_to(store, alice, await contact_of(store, alice, "Cleo"), "Acme österreich")
    foreign = await add(store, charlie, company)
    assert ann.account_id == bea.account_id == cleo.account_id != foreign.account_id
    assert (await account_of(store, alice, bea)).name == "ACME Österreich"


@pytest.mark.parametrize("name", ["ΟΔΟΣ", "İstanbul", "STRASSE ẞ", "Ǆ", "日本"])
async def test_colleagues_share_the_account_in_every_script(store: Store, alice: Person, name: str) -> None:
    contacts = [await add(store, alice, new("first_name", "Ann"), new("company", name)) for _ in range(2)]
    assert len({contact.account_id for contact in contacts}) == 1


async def test_the_company_s_name_written_otherwise_moves_nothing(store: Store, alice: Person) -> None:
    contact = await move_to(store, alice, await contact_of(store, alice), "Acme")
    task = await task_of(store, alice, contact_id=contact.id)
    again = await move_to(store, alice, contact, "ACME")
    assert (again.company, again.account_id) == ("ACME", contact.account_id)
    async with store.reading() as reader:
        assert await find_task(reader, alice.caller, task.id) == task
    assert await visible_accounts(store, alice) == [("company", "Acme")]


async def test_the_old_lead_goes_on_answering(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, contact_id=contact.id)
    async with store.transaction() as tx:
        await open_deal(tx, alice.caller, title="12 Elm", contact_id=contact.id)
    old = prefixed_id("lead", (await account_of(store, alice, contact)).uid)
    await move_to(store, alice, contact, "Cyberdyne")
    lead = data_of(await alice.close.get(f"/lead/{old}/"))
    assert lead["name"] == "Cyberdyne"
    assert lead["id"] == prefixed_id("lead", (await account_of(store, alice, contact)).uid) != old
    for path, found in (
        ("/task/", [id_of(task)]),
        ("/contact/", [prefixed_id("cont", contact.uid)]),
    ):
        assert ids_of(await alice.close.get(path, params={"lead_id": old})) == found
        assert ids_of(await alice.close.get(path, params={"lead_id": lead["id"]})) == found
    assert len(ids_of(await alice.close.get("/opportunity/", params={"lead_id": old}))) == 1
    added = await new_task(alice, {"id": old})
    assert added["lead_id"] == lead["id"]
    assert ids_of(await alice.close.get("/lead/")) == [lead["id"]]


async def test_the_old_lead_is_nobody_else_s(store: Store, alice: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice)
    old = prefixed_id("lead", (await account_of(store, alice, contact)).uid)
    await move_to(store, alice, contact, "Cyberdyne")
    refusal_of(await charlie.close.get(f"/lead/{old}/"), 404)


async def test_without_a_company_it_has_an_account_of_its_own_again(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    colleague = await move_to(store, alice, await contact_of(store, alice, "Miles"), "Cyberdyne")
    first = await account_of(store, alice, contact)
    task = await task_of(store, alice, contact_id=contact.id)
    await move_to(store, alice, contact, "Cyberdyne")
    await move_to(store, alice, contact, None)
    own = await account_of(store, alice, contact)
    assert (own.kind, own.name) == ("person", "Sarah Connor")
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).account_id == own.id
        assert (await find_contact(reader, alice.caller, colleague.id)).account_id == colleague.account_id
    assert await visible_accounts(store, alice) == [("company", "Cyberdyne"), ("person", "Sarah Connor")]
    data_of(await alice.close.get(f"/lead/{prefixed_id('lead', first.uid)}/"))


async def test_from_company_to_company(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, contact_id=contact.id)
    old = prefixed_id("lead", (await account_of(store, alice, contact)).uid)
    for company in ("Cyberdyne", "Resistance"):
        contact = await move_to(store, alice, contact, company)
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).account_id == contact.account_id
    assert await visible_accounts(store, alice) == [("company", "Cyberdyne"), ("company", "Resistance")]
    data_of(await alice.close.get(f"/lead/{old}/"))


async def test_a_task_of_two_contacts_stays_where_it_was_taken_up(store: Store, alice: Person) -> None:
    """It moves with the contact whose account it is in."""
    sarah, kate = await contact_of(store, alice), await contact_of(store, alice, "Kate")
    lead = await account_of(store, alice, sarah)
    task = await task_of(store, alice, contact_id=sarah.id)
    await edit(store, alice, kate, new("company", "Resistance"))
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task.id)).account_id == lead.id


async def test_renaming_a_contact_renames_its_own_account_alone(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    await edit_plainly(store, alice, contact, last_name="Reese")
    account = await account_of(store, alice, contact)
    assert (account.kind, account.name, account.updated_by) == ("person", "Sarah Reese", alice.user_id)
    moved = await move_to(store, alice, contact, "Cyberdyne")
    await edit_plainly(store, alice, moved, last_name="Connor")
    assert (await account_of(store, alice, contact)).name == "Cyberdyne"


async def test_a_contact_of_a_lead_stays_there_when_other_things_change(store: Store, alice: Person) -> None:
    lead = await new_lead(alice)
    item = await new_contact(alice, lead)
    uid = uid_from_prefixed("cont", item["id"])
    assert uid is not None
    async with store.reading() as reader:
        [contact] = await find_contacts(reader, alice.caller, [uid])
    name = await attribute_of(store, alice, contact, "first_name")
    await edit(
        store, alice, contact, AttributeEdit(uid=name.uid, given={"text": "Linda"}), new("email", "l@example.com")
    )
    changed = data_of(await alice.close.put(f"/contact/{item['id']}/", json={"title": "Fighter"}))
    assert (changed["lead_id"], changed["name"]) == (lead["id"], "Linda Connor")
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/"))["name"] == "Cyberdyne"


async def test_the_lead_of_a_person_stays_while_others_are_in_it(store: Store, alice: Person) -> None:
    """Close makes contacts in any lead, also in one that a contact had to itself."""
    sarah = await contact_of(store, alice)
    lead: Any = {"id": prefixed_id("lead", (await account_of(store, alice, sarah)).uid)}
    john = await new_contact(alice, lead, "John Connor")
    await move_to(store, alice, sarah, "Cyberdyne")
    assert data_of(await alice.close.get(f"/contact/{john['id']}/"))["lead_id"] == lead["id"]
    shown = data_of(await alice.close.get(f"/lead/{lead['id']}/"))
    assert [contact["id"] for contact in shown["contacts"]] == [john["id"]]


async def test_all_may_leave_the_lead_of_a_person_at_once(store: Store, alice: Person) -> None:
    sarah = await contact_of(store, alice)
    lead = prefixed_id("lead", (await account_of(store, alice, sarah)).uid)
    john = await contact_of(store, alice, "John Connor", account_id=sarah.account_id)
    async with store.transaction() as tx:
        changes = {sarah.id: [new("company", "Cyberdyne")], john.id: [new("company", "Resistance")]}
        await edit_contacts(tx, alice.caller, changes, GLOBAL)
    assert await visible_accounts(store, alice) == [("company", "Cyberdyne"), ("company", "Resistance")]
    assert data_of(await alice.close.get(f"/lead/{lead}/"))["name"] == "Cyberdyne"


async def test_a_deleted_contact_takes_its_own_account_along(store: Store, alice: Person) -> None:
    sarah, miles = await contact_of(store, alice), await contact_of(store, alice, "Miles")
    miles = await move_to(store, alice, miles, "Cyberdyne")
    async with store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [sarah.id, miles.id])
    assert await visible_accounts(store, alice) == [("company", "Cyberdyne")]


async def test_many_move_as_one(store: Store, alice: Person) -> None:
    contacts = [await add(store, alice, new("first_name", name), new("company", "Acme")) for name in "ABC"]
    assert len({contact.account_id for contact in contacts}) == 1
    assert (await all_events(store, alice)).count("account.created") == 1


async def test_colleagues_who_come_at_once_share_the_account(store: Store, alice: Person) -> None:
    for number in range(10):
        company = new("company", f"Acme {number}")
        added = await asyncio.gather(*(add(store, alice, new("first_name", name), company) for name in "ABCDEF"))
        assert len({contact.account_id for contact in added}) == 1


async def test_what_is_known_of_a_person_goes_over_to_the_company(store: Store, alice: Person) -> None:
    """What is known of the company stays; so the lead shows what it showed."""
    sarah, kate, kyle = [await contact_of(store, alice, name) for name in ("Sarah", "Kate", "Kyle")]
    facts = AccountChanges(
        description="Likes gardens", foreign_members={"close": {"a": 1, "b": 2}}, owner_id=alice.user_id
    )
    others = AccountChanges(
        description="Calls back", url="kate.example", foreign_members={"close": {"b": 3, "c": 4}}
    )
    async with store.transaction() as tx:
        for contact, changes in ((sarah, facts), (kate, others)):
            await change_account(tx, alice.caller, contact.account_id, changes)
    for contact in (sarah, kate, kyle):
        await move_to(store, alice, contact, "Cyberdyne")
    company = await account_of(store, alice, kyle)
    assert (company.description, company.url, company.owner_id) == ("Likes gardens", "kate.example", alice.user_id)
    assert members_of(company.foreign_members, "close") == {"a": 1, "b": 2, "c": 4}
