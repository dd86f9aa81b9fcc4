"""What a list of tasks is shown with: included records, fields, meta; in a fixed number of statements."""

from typing import Any

import pytest

from tests.core.sequences.records import enroll, sequence_of, template_of
from tests.counting import counting
from tests.dialects.outreach.asking import content_of, listed, shown
from tests.dialects.outreach.tasks.records import act, task_for
from tests.factories import contact_of, deal_of, task_of
from tests.people import Person, new_key, outreach_client
from touchbook.core.tasks.association import NewAssociation
from touchbook.store.postgres import Store


@pytest.mark.req("OU-62")
async def test_what_tasks_have_in_common_is_included_once(store: Store, alice: Person, bob: Person) -> None:
    contact = await contact_of(store, alice, company="Cyberdyne")
    for person in (alice, bob, alice):
        await task_of(store, alice, contact_id=contact.id, assignees=[person.user_id])
    content = await listed(alice, "/tasks", include="owner,prospect.account,account,subject,creator,completer")
    included = sorted((each["type"], each["id"]) for each in content["included"])
    people = [("user", alice.user_id), ("user", bob.user_id)]
    assert included == sorted([("account", contact.account_id), ("prospect", contact.id), *people])


@pytest.mark.req("OU-63")
async def test_fields_are_those_that_come(store: Store, alice: Person) -> None:
    await task_for(store, alice, note="Ask")
    [task] = (await listed(alice, "/tasks", **{"fields[task]": "action,note,owner"}))["data"]
    assert task["attributes"] == {"action": "action_item", "note": "Ask"}
    assert task["relationships"].keys() == {"owner"}


@pytest.mark.req("OU-64")
async def test_who_may_write_is_told(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    assert "meta" not in task
    asked = {"provideAuthorizationMeta": "true"}
    assert (await shown(alice, f"/tasks/{task['id']}", **asked))["meta"] == {"canWrite": True, "canDelete": True}
    reader = outreach_client(alice.url, await new_key(store, alice, "read"))
    [item] = content_of(await reader.get("/tasks", params=asked))["data"]
    assert item["meta"] == {"canWrite": False, "canDelete": False}


@pytest.mark.req("OU-65", "OU-72")
async def test_what_a_task_is_called_elsewhere_is_told(store: Store, alice: Person) -> None:
    task, other = await task_for(store, alice), await task_for(store, alice)
    async with store.transaction() as tx:
        for dialect, name in (("hubspot", "77"), ("csv", "row 4"), ("touchbook", "own")):
            await tx.execute(
                """insert into aliases (team_id, dialect, kind, external_id, record_id)
                values ($1, $2, 'task', $3, $4)""",
                alice.team.id,
                dialect,
                name,
                task["id"],
            )
    asked = {"provideDataConnections": "true"}
    items = {each["id"]: each["meta"] for each in (await listed(alice, "/tasks", **asked))["data"]}
    assert items[task["id"]]["dataConnections"] == [
        {"source": "csv", "externalId": "row 4"},
        {"source": "hubspot", "externalId": "77"},
    ]
    assert items[other["id"]] == {"dataConnections": []}
    assert "meta" not in await shown(alice, f"/tasks/{task['id']}")


@pytest.mark.req("OU-61")
async def test_tasks_are_counted_when_that_is_asked(store: Store, alice: Person) -> None:
    for note in ("a", "b", "c"):
        await task_for(store, alice, note=note)
    content = await listed(alice, "/tasks", count="true", **{"page[size]": "2"})
    assert content["meta"] == {"count": 3, "count_truncated": False}
    assert "meta" not in await listed(alice, "/tasks")


async def test_as_many_statements_for_fifty_as_for_two(store: Store, alice: Person, bob: Person) -> None:
    wide: dict[str, Any] = {
        "include": "owner,account,prospect.account,prospect.owner,opportunity.owner,subject,creator,taskPriority",
        "provideDataConnections": "true",
        "count": "true",
    }
    sequence = await sequence_of(store, alice, "sms", "call")
    await template_of(store, alice, sequence.steps[0], "Hello {{first_name}}")

    async def statements(**query: str) -> int:
        with counting() as count:
            await listed(alice, "/tasks", **query)
        return count()

    async def more(owner: Person) -> None:
        contact = await contact_of(store, owner, company=f"Company of {owner.name}")
        links = [NewAssociation("contact", contact.id), NewAssociation("deal", (await deal_of(store, owner)).id)]
        task = await task_of(store, alice, associations=links, assignees=[owner.user_id])
        await act(alice, task.id, "markComplete")
        await enroll(store, owner, sequence, contact.id)

    await more(alice)
    await more(bob)
    asked: list[dict[str, str]] = [
        {},
        {"fields[task]": "note"},
        wide,
        {**wide, "filter[owner][email]": "nobody@example.com,x", "sort": "-dueAt"},
        {**wide, "sort": "dueAt", "page[limit]": "50"},
    ]
    few = [await statements(**query) for query in asked]
    assert few[1] == 1
    for number in range(15):
        await more((alice, bob)[number % 2])
    assert [await statements(**query) for query in asked] == few
