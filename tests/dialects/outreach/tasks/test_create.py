from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.dialects.outreach.asking import account_of, created, listed, problems, sent
from tests.dialects.outreach.tasks.records import end, task_for, task_now, wire
from tests.factories import contact_of, deal_of
from tests.people import Person
from touchbook.core.tasks.queries import find_task
from touchbook.store.postgres import Store


@pytest.mark.req("OU-10")
async def test_a_task_is_created_as_it_was_sent(store: Store, alice: Person, bob: Person) -> None:
    contact, deal = await contact_of(store, alice), await deal_of(store, alice)
    related = {
        "owner": ("user", str(bob.user_id)),
        "subject": ("prospect", contact.id),
        "opportunity": ("opportunity", deal.id),
        "taskPriority": ("taskPriority", 4),
    }
    attributes = {
        "action": "call",
        "autoskipAt": "2030-01-03T00:00:00.500Z",
        "dueAt": "2030-01-02T03:04:05.678+02:00",
        "note": "Ask for the house",
        "opportunityAssociation": "noop",
        "scheduledAt": "2030-01-01T00:00:00Z",
    }
    task = await created(alice, "/tasks", sent("task", related=related, **attributes))
    assert task == await task_now(alice, task["id"])
    shown = {
        **attributes,
        "dueAt": "2030-01-02T01:04:05.678Z",
        "scheduledAt": "2030-01-01T00:00:00.000Z",
        "state": "pending",
        "taskType": "manual",
    }
    assert {name: task["attributes"][name] for name in shown} == shown
    ends = {**related, "owner": ("user", bob.user_id), "prospect": ("prospect", contact.id)}
    assert {name: end(task, name) for name in ends} == ends


async def test_what_is_not_sent_has_its_default(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    assert task["attributes"]["action"] == "action_item"
    assert end(task, "taskPriority") == ("taskPriority", 3)
    assert all(task["attributes"][name] is None for name in ("note", "dueAt", "autoskipAt", "scheduledAt"))
    async with store.reading() as reader:
        stored = await find_task(reader, alice.caller, task["id"])
    assert (stored.title, stored.shown_title) == (None, "Todo")


@pytest.mark.req("OU-12")
@pytest.mark.parametrize("missing", ["owner", "subject"])
async def test_without_owner_or_subject_it_is_refused(store: Store, alice: Person, missing: str) -> None:
    related = {"owner": ("user", alice.user_id), "subject": ("prospect", (await contact_of(store, alice)).id)}
    for without in ({**related, missing: None}, {name: each for name, each in related.items() if name != missing}):
        answer = await alice.outreach.post("/tasks", json=sent("task", related=without))
        assert problems(answer, 422).keys() == {f"/data/relationships/{missing}"}
    assert (await listed(alice, "/tasks"))["data"] == []


@pytest.mark.req("OU-13")
@pytest.mark.parametrize("kind", ["tasks", "prospect", None])
async def test_another_type_is_refused(alice: Person, kind: str | None) -> None:
    problems(await alice.outreach.post("/tasks", json=sent(kind)), 409)


@pytest.mark.req("OU-11", "OU-69")
async def test_what_is_the_servers_is_passed_over(store: Store, alice: Person) -> None:
    task = await task_for(
        store,
        alice,
        taskType="touch",
        state="complete",
        completed=True,
        createdAt="2020-01-01T00:00:00Z",
        compiledSequenceTemplateHtml="<b>x</b>",
    )
    attributes = task["attributes"]
    assert (attributes["taskType"], attributes["state"], attributes["completed"]) == (
        "manual",
        "incomplete",
        False,
    )
    assert attributes["createdAt"] > "2020-01-02"
    assert attributes["compiledSequenceTemplateHtml"] is None


@pytest.mark.req("OU-14")
async def test_the_id_is_not_the_clients_to_choose(store: Store, alice: Person) -> None:
    related = {"owner": ("user", alice.user_id), "subject": ("prospect", (await contact_of(store, alice)).id)}
    problems(await alice.outreach.post("/tasks", json=sent("task", 7, related)), 403)


WRONG: list[Any] = [
    pytest.param({"action": "letter"}, marks=pytest.mark.req("OU-15")),
    pytest.param({"action": None}, marks=pytest.mark.req("OU-15")),
    pytest.param({"action": "c" * 256}, marks=pytest.mark.req("OU-16")),
    pytest.param({"note": "n" * 65_536}, marks=pytest.mark.req("OU-17")),
    pytest.param({"opportunityAssociation": "newest"}, marks=pytest.mark.req("OU-18")),
    {"note": 7},
    {"dueAt": "tomorrow"},
    {"dueAt": 7},
    {"scheduledAt": "2026-02-30T00:00:00Z"},
    {"autoskipAt": "9999-12-31T12:00:00Z"},
]


@pytest.mark.parametrize("attributes", WRONG)
async def test_what_is_wrong_is_named(store: Store, alice: Person, attributes: Any) -> None:
    related = {"owner": ("user", alice.user_id), "subject": ("prospect", (await contact_of(store, alice)).id)}
    answer = await alice.outreach.post("/tasks", json=sent("task", related=related, **attributes))
    assert problems(answer, 422).keys() == {f"/data/attributes/{name}" for name in attributes}
    task = await task_for(store, alice)
    answer = await alice.outreach.patch(f"/tasks/{task['id']}", json=sent("task", task["id"], **attributes))
    assert problems(answer, 422).keys() == {f"/data/attributes/{name}" for name in attributes}


@pytest.mark.req("OU-17")
async def test_the_longest_note_is_kept(store: Store, alice: Person) -> None:
    note = "é" * 65_535
    assert (await task_for(store, alice, note=note))["attributes"]["note"] == note


@pytest.mark.parametrize("name", ["owner", "subject", "prospect", "account", "opportunity", "taskPriority"])
async def test_what_another_team_has_is_not_there(store: Store, alice: Person, charlie: Person, name: str) -> None:
    theirs = {
        "owner": ("user", charlie.user_id),
        "subject": ("prospect", (await contact_of(store, charlie)).id),
        "prospect": ("prospect", (await contact_of(store, charlie)).id),
        "account": ("account", await account_of(charlie)),
        "opportunity": ("opportunity", (await deal_of(store, charlie)).id),
        "taskPriority": ("taskPriority", 6),
    }
    related = {"owner": ("user", alice.user_id), "subject": ("prospect", (await contact_of(store, alice)).id)}
    answer = await alice.outreach.post("/tasks", json=sent("task", related={**related, name: theirs[name]}))
    assert problems(answer, 422).keys() == {f"/data/relationships/{name}"}


@pytest.mark.req("OU-19")
async def test_a_time_to_come_makes_it_pending(store: Store, alice: Person) -> None:
    now = datetime.now(UTC)
    times = {"pending": wire(now + timedelta(hours=1)), "incomplete": wire(now - timedelta(hours=1))}
    for state, at in times.items():
        assert (await task_for(store, alice, scheduledAt=at))["attributes"]["state"] == state
    assert (await task_for(store, alice))["attributes"]["state"] == "incomplete"
