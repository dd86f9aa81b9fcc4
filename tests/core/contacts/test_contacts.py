import pytest

from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.filtering import ContactFilter
from touchbook.core.contacts.listing import count_contacts, list_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.contacts.queries import find_contact
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.store.postgres import Store


async def test_a_contact_has_an_account_of_its_own(store: Store, alice: Person) -> None:
    first, second = await contact_of(store, alice), await contact_of(store, alice)
    assert first.account_id != second.account_id
    async with store.reading() as reader:
        account = await reader.fetch_row(
            "select kind, name, uid from accounts where team_id = $1 and id = $2", alice.team.id, first.account_id
        )
        assert await find_contact(reader, alice.caller, first.id) == first
    assert account is not None
    assert (account["kind"], account["name"]) == ("person", "Sarah Connor")
    assert account["uid"] != first.uid
    assert (first.owner_id, first.display_name) == (alice.user_id, "Sarah Connor")


async def test_a_contact_of_a_company_makes_no_account(store: Store, alice: Person) -> None:
    first = await contact_of(store, alice)
    second = await contact_of(store, alice, "Kyle Reese", account_id=first.account_id)
    assert second.account_id == first.account_id
    async with store.reading() as reader:
        assert await reader.fetch_value("select count(*) from accounts where team_id = $1", alice.team.id) == 1


async def test_adding_writes_its_events(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.reading() as reader:
        events = await reader.fetch(
            """select kind, subject_id, actor_id, surface from events
            where team_id = $1 and subject not in ('team', 'member', 'key') order by id""",
            alice.team.id,
        )
    assert [tuple(event[n] for n in range(4)) for event in events] == [
        ("account.created", contact.account_id, alice.user_id, "test"),
        ("contact.created", contact.id, alice.user_id, "test"),
    ]


async def test_a_contact_goes_by_what_is_known(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        mailed = await add_contact(
            tx, alice.caller, PlainMembers(emails=["a@example.com"], phone_numbers=["+13125550100"])
        )
        phoned = await add_contact(tx, alice.caller, PlainMembers(phone_numbers=["+13125550100"]))
    assert (mailed.display_name, phoned.display_name) == ("a@example.com", "+13125550100")
    with pytest.raises(Invalid):
        async with store.transaction() as tx:
            await add_contact(tx, alice.caller, PlainMembers())


async def test_an_owner_must_be_of_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    assert (await contact_of(store, alice, owner_id=bob.user_id)).owner_id == bob.user_id
    with pytest.raises(UnknownRecord):
        await contact_of(store, alice, owner_id=charlie.user_id)


async def test_search_folds_case_and_accents(store: Store, alice: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice, "Éva Straße", emails=["eva_100%@example.com"])
    await contact_of(store, alice, "Evan Stone")
    await contact_of(store, charlie, "Éva Straße")
    async with store.reading() as reader:
        for search in ("éva str", "EVA STRASSE", "strasse éva", "eva_", "100%@"):
            found = await list_contacts(reader, alice.caller, ContactFilter(search=search), offset=0, limit=10)
            assert [one.id for one in found] == [contact.id]
            assert await count_contacts(reader, alice.caller, ContactFilter(search=search)) == 1
        assert await count_contacts(reader, alice.caller) == 2


async def test_another_teams_contact_is_not_found(store: Store, alice: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.reading() as reader:
        with pytest.raises(NotFound):
            await find_contact(reader, charlie.caller, contact.id)
