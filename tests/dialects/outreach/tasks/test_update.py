from datetime import timedelta
from typing import Any

import pytest

from tests.dialects.outreach.asking import account_of, content_of, problems, sent
from tests.dialects.outreach.tasks.records import end, event_kinds, patched, task_for, task_now
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


async def stored(store: Store, person: Person, identifier: int) -> Task:
    async with store.reading() as reader:
        return await find_task(reader, person.caller, identifier)


@pytest.mark.req("OU-25", "OU-28")
@pytest.mark.parametrize(
    "attributes",
    [
        {"action": "email"},
        {"autoskipAt": "2031-01-01T00:00:00.000Z"},
        {"dueAt": "2031-01-01T00:00:00.000Z"},
        {"note": "Otherwise"},
        {"note": None},
        {"opportunityAssociation": "noop"},
        {"scheduledAt": "2031-01-01T00:00:00.000Z", "state": "pending"},
    ],
)
async def test_what_is_sent_changes_and_nothing_else(store: Store, alice: Person, attributes: Any) -> None:
    before = await task_for(store, alice, note="Ask", dueAt="2030-01-01T00:00:00Z", action="call")
    after = await patched(alice, before["id"], **attributes)
    moved = {"updatedAt", "stateChangedAt"} if "state" in attributes else {"updatedAt"}
    assert after["attributes"]["updatedAt"] >= before["attributes"]["updatedAt"]
    expected = before["attributes"] | attributes | {name: after["attributes"][name] for name in moved}
    assert after["attributes"] == expected
    assert after["relationships"] == before["relationships"]
    first, second = [await stored(store, alice, before["id"]) for _ in range(2)]
    assert (first.updated_at > first.created_at, first) == (True, second)


async def test_what_comes_back_as_it_was_shown_changes_nothing(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice, company="Cyberdyne")
    deal = await deal_of(store, alice)
    task = await task_of(
        store,
        alice,
        "Title",
        description="Ask",
        due_at=NOON + timedelta(microseconds=1),
        associations=[NewAssociation("contact", contact.id, 5, "{}"), NewAssociation("deal", deal.id)],
        assignees=[alice.user_id],
        deal_rule="last_created",
        status="in_progress",
        autoskip_at=NOON + timedelta(days=9000, microseconds=7),
        priority=0,
    )
    before = await stored(store, alice, task.id)
    whole = await task_now(alice, task.id)
    answer = await alice.outreach.patch(f"/tasks/{task.id}", json={"data": whole})
    assert content_of(answer)["data"] == whole
    assert await stored(store, alice, task.id) == before
    assert await event_kinds(store, alice, task.id) == ["task.created"]


async def test_a_day_that_comes_back_stays_one(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_on=NOON.date())
    due = (await task_now(alice, task.id))["attributes"]["dueAt"]
    await patched(alice, task.id, dueAt=due)
    assert (await stored(store, alice, task.id)).due_on == NOON.date()
    await patched(alice, task.id, dueAt="2026-07-15T05:00:00.001Z")
    assert (await stored(store, alice, task.id)).due_on is None


@pytest.mark.req("OU-26")
@pytest.mark.parametrize("name", ["owner", "subject", "prospect", "account", "opportunity", "taskPriority"])
async def test_null_clears_a_relationship(store: Store, alice: Person, name: str) -> None:
    ends = {
        "owner": ("user", alice.user_id),
        "prospect": ("prospect", (await contact_of(store, alice)).id),
        "account": ("account", await account_of(alice)),
        "opportunity": ("opportunity", (await deal_of(store, alice)).id),
        "taskPriority": ("taskPriority", 5),
    }
    related = {"subject": ends["prospect"], "owner": ends["owner"], name: ends.get(name, ends["prospect"])}
    before = await task_for(store, alice, related)
    assert end(before, name) is not None
    after = await patched(alice, before["id"], {name: None})
    assert end(after, name) is None
    assert after["attributes"] | {"updatedAt": 0} == before["attributes"] | {"updatedAt": 0}


async def test_the_first_gives_place_and_the_rest_stay(store: Store, alice: Person, bob: Person) -> None:
    first, second, third = [(await contact_of(store, alice)).id for _ in range(3)]
    for places in ([None, None], [5, 5], [5, 7], [2, None], [None, None, None]):
        records = [first, second, third][: len(places)]
        links = [NewAssociation("contact", each, at, "[1]") for each, at in zip(records, places, strict=True)]
        task = await task_of(store, alice, associations=links, assignees=[alice.user_id, bob.user_id])
        new = (await contact_of(store, alice)).id
        for requested in (new, second, first):
            await patched(alice, task.id, {"prospect": ("prospect", requested)})
            assert end(await task_now(alice, task.id), "prospect") == ("prospect", requested)
        assert (await stored(store, alice, task.id)).contacts == [first, *records[2:]]
        await patched(alice, task.id, {"owner": ("user", bob.user_id)})
        assert (await stored(store, alice, task.id)).assignees == [bob.user_id]


async def test_the_subject_that_is_sent_is_shown(store: Store, alice: Person) -> None:
    subjects = [
        ("account", await account_of(alice)),
        ("prospect", (await contact_of(store, alice)).id),
        ("opportunity", (await deal_of(store, alice)).id),
    ]
    task = await task_for(store, alice)
    for subject in (*subjects, *reversed(subjects)):
        assert end(await patched(alice, task["id"], {"subject": subject}), "subject") == subject


async def test_an_account_comes_and_goes_with_its_link(store: Store, alice: Person) -> None:
    task, account = await task_for(store, alice), await account_of(alice)
    with_it = await patched(alice, task["id"], {"account": ("account", account)})
    assert end(with_it, "account") == end(with_it, "subject") == ("account", account)
    without = await patched(alice, task["id"], {"account": None})
    assert (end(without, "account"), end(without, "subject")) == (None, end(task, "subject"))


@pytest.mark.req("OU-27")
async def test_another_id_or_type_is_refused(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    path = f"/tasks/{task['id']}"
    for body in (
        sent("task", task["id"] + 1, note="x"),
        sent("prospect", task["id"], note="x"),
        sent(None, note="x"),
    ):
        problems(await alice.outreach.patch(path, json=body), 409)
    assert await task_now(alice, task["id"]) == task
    assert (await patched(alice, task["id"], note="x"))["attributes"]["note"] == "x"
    content_of(await alice.outreach.patch(path, json=sent("task", str(task["id"]), note="y")))


async def test_what_is_complete_keeps_its_state_when_it_is_scheduled(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, status="completed")
    shown = await patched(alice, task.id, scheduledAt="2031-01-01T00:00:00Z", state="incomplete", completed=False)
    assert shown["attributes"]["state"] == "complete"


async def test_a_time_that_has_come_opens_what_was_pending(store: Store, alice: Person) -> None:
    task = await task_for(store, alice, scheduledAt="2031-01-01T00:00:00Z")
    for at in (None, "2020-01-01T00:00:00Z"):
        assert (await patched(alice, task["id"], scheduledAt=at))["attributes"]["state"] == "incomplete"
        again = await patched(alice, task["id"], scheduledAt="2031-01-01T00:00:00Z")
        assert again["attributes"]["state"] == "pending"


@pytest.mark.req("OU-29")
async def test_what_is_deleted_is_gone(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    path = f"/tasks/{task['id']}"
    answer = await alice.outreach.request("DELETE", path, content=b"{", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "PATCH", "DELETE"):
        body = sent("task") if method == "PATCH" else None
        problems(await alice.outreach.request(method, path, json=body), 404)
