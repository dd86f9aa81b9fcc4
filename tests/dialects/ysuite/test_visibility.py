"""Where contacts are their owners', what is about them leads nobody else to them."""

import pytest

from tests.counting import counting
from tests.dialects.ysuite.wire import data_of
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.deals.opening import open_deal
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")

LISTS = [("/tasks", "activity_id"), ("/deals", "deal_id")]


async def hide(store: Store, team: Team) -> None:
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="owner")


async def about_contact(store: Store, person: Person, *, deleted: bool = False) -> int:
    """A task and a deal; the contact's number is answered."""
    contact = await contact_of(store, person)
    await task_of(store, person, contact_id=contact.id)
    async with store.transaction() as tx:
        await open_deal(tx, person.caller, title="12 Elm Street", contact_id=contact.id)
        if deleted:
            await delete_contacts(tx, person.caller, [contact.id])
    return contact.id


async def contacts_in(person: Person, path: str, member: str) -> list[int | None]:
    """Of each record of the list, which says the same by itself."""
    items = data_of(await person.ysuite.get(path))["data"]
    assert [data_of(await person.ysuite.get(f"{path}/{item[member]}")) for item in items] == items
    return [item["cstid"] for item in items]


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize(("path", "member"), LISTS)
async def test_a_member_is_led_to_whom_they_see(
    store: Store, team: Team, alice: Person, bob: Person, hidden: bool, path: str, member: str
) -> None:
    if hidden:
        await hide(store, team)
    hers = await about_contact(store, alice)
    his = [await about_contact(store, bob, deleted=deleted) for deleted in (False, True)]
    [standing, _] = his
    assert await contacts_in(bob, path, member) == [None if hidden else hers, standing, None]
    assert await contacts_in(alice, path, member) == [hers, standing, None]


@pytest.mark.parametrize("path", [path for path, _ in LISTS])
async def test_it_takes_no_statement_more(store: Store, team: Team, alice: Person, bob: Person, path: str) -> None:
    sent = []
    for number in range(2):
        for _ in range(3):
            await about_contact(store, alice)
        with counting() as count:
            data_of(await bob.ysuite.get(path))
        sent.append(len(count.take()))
        if not number:
            await hide(store, team)
    assert sent[0] == sent[1]
