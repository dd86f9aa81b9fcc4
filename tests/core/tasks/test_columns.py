"""Columns beside a task follow every change of its assignees, tags and links, in whichever way that came."""

import asyncio
from random import Random

from tests.columns_of_tasks import tasks_with_other_columns
from tests.factories import contact_of, deal_of, tag_of, task_of
from tests.people import Person
from tests.stories.telling import told
from touchbook.core.tags.changing import delete_tag, rename_tag
from touchbook.core.tasks.association import AssociationChange, NewAssociation
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


async def read(store: Store, person: Person, task: Task) -> Task:
    async with store.reading() as reader:
        return await find_task(reader, person.caller, task.id)


async def test_links_stand_by_index_then_by_age(store: Store, alice: Person) -> None:
    first, second, third = [(await contact_of(store, alice)).id for _ in range(3)]
    deal = (await deal_of(store, alice)).id
    links = [NewAssociation("contact", first), NewAssociation("contact", second, 2), NewAssociation("deal", deal)]
    task = await task_of(store, alice, associations=links)
    assert (task.contacts, task.deals, task.listings) == ([second, first], [deal], [])
    async with store.transaction() as tx:
        added = TaskChanges(associations=[NewAssociation("contact", third, 1)], first_records={"deal": None})
        await change_task(tx, alice.caller, task.id, added)
    now = await read(store, alice, task)
    assert (now.contacts, now.deals) == ([third, second, first], [])


async def test_random_changes(store: Store, alice: Person, bob: Person) -> None:
    chance, contacts = Random(14), [(await contact_of(store, alice, f"Ann {n}")).id for n in range(4)]
    deals = [(await deal_of(store, alice)).id for _ in range(2)]
    tasks = [await task_of(store, alice, contact_id=contact, assignees=[alice.user_id]) for contact in contacts]
    for _ in range(60):
        task = chance.choice(tasks)
        async with store.transaction() as tx:
            held = (await associations_of(tx, alice.caller, [task.id])).get(task.id, [])
            index, link = chance.choice([None, 1, 2, 3]), chance.choice(held) if held else None
            changes = [
                TaskChanges(associations=[NewAssociation("contact", chance.choice(contacts), index)]),
                TaskChanges(first_records={"deal": chance.choice([None, *deals])}),
                TaskChanges(assignees=chance.sample([alice.user_id, bob.user_id], chance.randrange(3))),
                TaskChanges(dissociated=[link.id] if link else []),
                TaskChanges(association_changes=[AssociationChange(id=link.id, index=index)] if link else []),
            ]
            await change_task(tx, alice.caller, task.id, chance.choice(changes))
        assert await tasks_with_other_columns(store) == []


async def test_tags_that_become_one_or_go(store: Store, alice: Person) -> None:
    hot, warm, cold = [await tag_of(store, alice, text) for text in ("Hottest", "Warmest", "Coldest")]
    task = await task_of(store, alice, tags=[hot.id, cold.id, warm.id])
    async with store.transaction() as tx:
        await rename_tag(tx, alice.caller, text="Hottest", to="Warmest")
    assert (await read(store, alice, task)).tags == [cold.id, warm.id]
    async with store.transaction() as tx:
        await delete_tag(tx, alice.caller, text="Coldest")
    assert (await read(store, alice, task)).tags == [warm.id]


async def test_a_contact_that_moves_takes_the_link_to_its_lead_along(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    links = [NewAssociation("contact", contact.id), NewAssociation("account", contact.account_id)]
    task = await task_of(store, alice, associations=links)
    company = {"attributes": [{"attribute_type": "company", "text": "Acme"}]}
    told(await alice.rechat.patch(f"/contacts/{contact.uid}", json=company))
    now = await read(store, alice, task)
    assert now.accounts == [now.account_id] != [contact.account_id]


async def test_a_tag_that_goes_while_a_task_is_linked(store: Store, alice: Person) -> None:
    """Neither writes what the other had not yet changed when it began."""
    contacts = [(await contact_of(store, alice, f"Ann {n}")).id for n in range(12)]
    task = await task_of(store, alice)

    async def link(contact: int) -> None:
        async with store.transaction() as tx:
            linked = TaskChanges(associations=[NewAssociation("contact", contact)])
            await change_task(tx, alice.caller, task.id, linked)
            await asyncio.sleep(0.02)

    async def untag(text: str) -> None:
        await asyncio.sleep(0.01)
        async with store.transaction() as tx:
            await delete_tag(tx, alice.caller, text=text)

    for number, contact in enumerate(contacts):
        tag = await tag_of(store, alice, f"Tag {number}")
        async with store.transaction() as tx:
            await tx.execute(
                "insert into task_tags (team_id, task_id, tag_id, position) values ($1, $2, $3, 0)",
                alice.team.id, task.id, tag.id,
            )  # fmt: skip
        await asyncio.gather(link(contact), untag(f"Tag {number}"))
        assert (await read(store, alice, task)).contacts == contacts[: number + 1]
