"""What is deleted is gone and what is hidden is hidden, in every dialect alike; the store keeps both.

A task is about two contacts, and Bob sees the second alone: the first was deleted, or is Alice's where contacts
are their owners'. To him the second is the first that there is (M-9, A-44).
"""

from typing import Any

import pytest
from msgspec import Struct

from tests.dialects.outreach import asking as outreach
from tests.dialects.outreach.tasks.records import end, event_kinds, patched, task_now
from tests.dialects.rechat.tasks import records as rechat
from tests.dialects.rechat.wire import done
from tests.factories import contact_of, task_of
from tests.people import Person
from tests.stories.telling import SURFACES, told
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.opening import open_deal
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.task import Task
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.dialects.close import ids as close
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")


class Story(Struct, frozen=True):
    first: Contact
    second: Contact
    task: Task


@pytest.fixture(params=["deleted", "hidden"])
async def story(request: pytest.FixtureRequest, store: Store, alice: Person, bob: Person) -> Story:
    first, second = await contact_of(store, alice, "Ann"), await contact_of(store, bob, "Bo")
    links = [NewAssociation("contact", first.id), NewAssociation("contact", second.id)]
    task = await task_of(store, alice, "Call", associations=links)
    await take_away(store, alice, first, request.param)
    return Story(first, second, task)


async def take_away(store: Store, alice: Person, contact: Contact, how: str) -> None:
    async with store.transaction() as tx:
        if how == "deleted":
            await delete_contacts(tx, alice.caller, [contact.id])
        else:
            await show_contacts(tx, act_as(alice.team, None, surface="test"), to="owner")


async def linked(store: Store, task: Task) -> list[int]:
    """The contacts that the store links the task to, whoever sees them."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select s.contact_id from task_associations s
            where s.team_id = (select t.team_id from tasks t where t.id = $1) and s.task_id = $1
            and s.kind = 'contact' and s.deleted_at is null order by s.index, s.created_at, s.id""",
            task.id,
        )
    return [row["contact_id"] for row in rows]


@pytest.mark.parametrize("name", list(SURFACES))
async def test_the_second_is_shown(bob: Person, story: Story, name: str) -> None:
    surface = SURFACES[name]
    assert (await surface.view(bob, story.task)).contact == surface.contact_id(story.second)


async def test_lists_are_asked_for_the_second(bob: Person, story: Story) -> None:
    first, second, task = story.first, story.second, story.task
    for relation in ("prospect", "subject"):
        assert end(await task_now(bob, task.id), relation) == ("prospect", second.id)
    for contact, found in ((first, []), (second, [task])):
        asked: dict[str, Any] = {"filter[prospect][id]": contact.id}
        assert await outreach.ids(bob, "/tasks", **asked) == [each.id for each in found]
        assert await outreach.ids(bob, "/tasks", **{"filter[prospect][firstName]": contact.first_name}) == [
            each.id for each in found
        ]
        assert await rechat.found(bob, contact=str(contact.uid)) == [str(each.uid) for each in found]
    assert await outreach.ids(bob, "/tasks", **{"filter[prospect][id]": "__notnull__"}) == [task.id]


async def test_a_write_replaces_the_second(store: Store, bob: Person, story: Story) -> None:
    third = await contact_of(store, bob, "Cy")
    shown = await patched(bob, story.task.id, {"prospect": ("prospect", third.id)})
    assert end(shown, "prospect") == ("prospect", third.id)
    assert await linked(store, story.task) == [story.first.id, third.id]
    shown = await patched(bob, story.task.id, {"prospect": None, "owner": ("user", bob.user_id)})
    assert end(shown, "prospect") is None
    assert await linked(store, story.task) == [story.first.id]


@pytest.mark.parametrize("name", ["close", "rechat", "outreach"])
async def test_what_was_shown_is_accepted_and_changes_nothing(
    store: Store, bob: Person, story: Story, name: str
) -> None:
    before = await event_kinds(store, bob, story.task.id)
    if name == "close":
        path = f"/task/{close.task_id(story.task.uid)}/"
        told(await bob.close.put(path, json=told(await bob.close.get(path))))
    elif name == "rechat":
        await SURFACES["rechat"].put(bob, story.task)  # type: ignore[union-attr]
    else:
        shown = await task_now(bob, story.task.id)
        told(await bob.outreach.patch(f"/tasks/{story.task.id}", json={"data": shown}))
    assert await linked(store, story.task) == [story.first.id, story.second.id]
    assert await event_kinds(store, bob, story.task.id) == before


async def test_rechat_lists_the_second_alone(store: Store, bob: Person, story: Story) -> None:
    task = {"id": str(story.task.uid)}
    [shown] = await rechat.associations_of(bob, task)
    assert shown["contact"]["id"] == str(story.second.uid)
    assert (await rechat.shown(bob, task))["contacts"] == [str(story.second.uid)]
    done(await bob.rechat.delete(f"/crm/tasks/{task['id']}/associations", params={"ids[]": str(story.first.uid)}))
    assert await linked(store, story.task) == [story.first.id, story.second.id]


async def test_whoever_sees_it_sees_the_first(alice: Person, story: Story) -> None:
    """Hidden, it is there for its owner; deleted, for nobody."""
    hidden = (await alice.outreach.get(f"/prospects/{story.first.id}")).status_code == 200
    shown = story.first if hidden else story.second
    for surface in SURFACES.values():
        assert (await surface.view(alice, story.task)).contact == surface.contact_id(shown)


async def test_the_lead_is_one_that_there_is(store: Store, alice: Person, bob: Person, story: Story) -> None:
    """The account of a contact that is deleted is closed: its task goes to that of the next."""
    shown = told(await bob.close.get(f"/task/{close.task_id(story.task.uid)}/"))
    known = told(await bob.close.get(f"/contact/{close.contact_id(story.second.uid)}/"))
    hidden = (await alice.outreach.get(f"/prospects/{story.first.id}")).status_code == 200
    assert shown["lead_id"] == (None if hidden else known["lead_id"])
    found = told(await bob.close.get("/task/", params={"lead_id": known["lead_id"]}))["data"]
    assert [task["id"] for task in found] == ([] if hidden else [shown["id"]])


async def test_no_one_is_left(store: Store, bob: Person, story: Story) -> None:
    async with store.transaction() as tx:
        await delete_contacts(tx, bob.caller, [story.second.id])
    for surface in SURFACES.values():
        assert (await surface.view(bob, story.task)).contact is None
    assert await outreach.ids(bob, "/tasks", **{"filter[prospect][id]": "__null__"}) == [story.task.id]
    assert end(await task_now(bob, story.task.id), "subject") is None
    assert await linked(store, story.task) == [story.first.id, story.second.id]


async def test_deals_alike(store: Store, alice: Person, bob: Person) -> None:
    """A task is about two deals, of which the first is deleted."""
    contact = await contact_of(store, bob)
    deals = []
    for title in ("12 Elm Street", "14 Elm Street"):
        async with store.transaction() as tx:
            deals.append(await open_deal(tx, bob.caller, title=title, contact_id=contact.id))
    first, second = deals
    task = await task_of(store, bob, associations=[NewAssociation("deal", deal.id) for deal in deals])
    async with store.transaction() as tx:
        await delete_deals(tx, bob.caller, [first.id])
    assert told(await bob.ysuite.get(f"/tasks/{task.id}"))["data"]["deal_id"] == second.id
    assert end(await task_now(bob, task.id), "opportunity") == ("opportunity", second.id)
    [shown] = await rechat.associations_of(bob, {"id": str(task.uid)})
    assert shown["deal"]["id"] == str(second.uid)
    for deal, found in ((first, []), (second, [task])):
        asked: dict[str, Any] = {"filter[opportunity][id]": deal.id}
        assert await outreach.ids(bob, "/tasks", **asked) == [each.id for each in found]
        assert await rechat.found(bob, deal=str(deal.uid)) == [str(each.uid) for each in found]


@pytest.mark.parametrize("how", ["deleted", "hidden"])
async def test_a_deal_whose_contact_is_gone(store: Store, alice: Person, bob: Person, how: str) -> None:
    """It leads to nobody; what was shown may be sent back, and the store keeps whom it was with."""
    contact = await contact_of(store, alice, company="Cyberdyne")
    async with store.transaction() as tx:
        deal = await open_deal(tx, alice.caller, title="12 Elm Street", contact_id=contact.id)
    await take_away(store, alice, contact, how)
    path = f"/opportunity/{close.opportunity_id(deal.uid)}/"
    shown = told(await bob.close.get(path))
    assert (shown["contact_id"], shown["contact_name"], shown["lead_name"]) == (None, None, "Cyberdyne")
    told(await bob.close.put(path, json=shown))
    assert told(await bob.ysuite.get(f"/deals/{deal.id}"))["data"]["cstid"] is None
    item = await outreach.shown(bob, f"/opportunities/{deal.id}")
    assert item["relationships"]["prospects"]["data"] == []
    told(await bob.outreach.patch(f"/opportunities/{deal.id}", json={"data": item}))
    assert await outreach.ids(bob, "/opportunities", **{"filter[prospects][id]": contact.id}) == []
    async with store.reading() as reader:
        kept = await reader.fetch_value(
            "select d.contact_id from deals d where d.team_id = $1 and d.id = $2", alice.team.id, deal.id
        )
    assert kept == contact.id
