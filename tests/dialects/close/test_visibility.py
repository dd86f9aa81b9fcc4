"""Where contacts are their owners', what is about them names them to nobody else."""

from typing import Any

import pytest

from tests.dialects.close.records import new_contact, new_lead, new_opportunity, new_task
from tests.dialects.close.wire import data_of
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.deals.opening import open_deal
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")

LISTS = ("/task/", "/opportunity/")
NAMES = ("lead_id", "lead_name", "contact_id", "contact_name")
NOBODY = (None, None, None, None)


@pytest.fixture
async def team(store: Store, team: Team) -> Team:
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="owner")
    return team


async def about_contact(store: Store, person: Person, name: str, *, deleted: bool = False) -> None:
    """A task and a deal, about somebody who is a lead of their own."""
    contact = await contact_of(store, person, name)
    await task_of(store, person, contact_id=contact.id)
    async with store.transaction() as tx:
        await open_deal(tx, person.caller, title="12 Elm Street", contact_id=contact.id)
        if deleted:
            await delete_contacts(tx, person.caller, [contact.id])


async def names_in(person: Person, path: str) -> list[tuple[Any, ...]]:
    """Of each record of the list, which says the same by itself."""
    items = data_of(await person.close.get(path))
    assert [data_of(await person.close.get(f"{path}{item['id']}/")) for item in items] == items
    return [tuple(item[name] for name in NAMES) for item in items]


@pytest.mark.parametrize("path", LISTS)
async def test_who_is_anothers_is_not_named(store: Store, alice: Person, bob: Person, path: str) -> None:
    await about_contact(store, alice, "Ann")
    assert await names_in(bob, path) == [NOBODY]
    [(_, lead, _, contact)] = await names_in(alice, path)
    assert lead == contact == "Ann"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("deleted", [False, True])
async def test_who_is_ones_own_is_named_until_deleted(store: Store, bob: Person, path: str, deleted: bool) -> None:
    await about_contact(store, bob, "Bo", deleted=deleted)
    [(_, lead, _, contact)] = await names_in(bob, path)
    assert (lead, contact) == ((None, None) if deleted else ("Bo", "Bo"))


@pytest.mark.parametrize("path", LISTS)
async def test_a_company_is_named_to_all(alice: Person, bob: Person, path: str) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    await new_task(alice, lead, contact_id=contact["id"])
    await new_opportunity(alice, lead, contact_id=contact["id"])
    assert await names_in(bob, path) == [(lead["id"], lead["name"], None, None)]


async def test_who_is_not_named_stays(store: Store, alice: Person, bob: Person) -> None:
    """What came may be sent back, and changes nothing of it."""
    await about_contact(store, alice, "Ann")
    for path in LISTS:
        before = await names_in(alice, path)
        [item] = data_of(await bob.close.get(path))
        data_of(await bob.close.put(f"{path}{item['id']}/", json=item))
        assert await names_in(alice, path) == before
