"""The actions that any task takes."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.dialects.outreach.asking import choice_of, content_of, problems
from tests.dialects.outreach.tasks.records import act, acted, end, event_kinds, task_for, task_now
from tests.factories import NOON, contact_of, task_of
from tests.people import Person
from touchbook.core.tasks.queries import find_task
from touchbook.store.postgres import Store

DAY = timedelta(days=1)
NAMES = (
    "advance", "deliver", "logMeetInPerson", "markComplete", "reassignOwner", "reschedule", "snooze", "updateNote",
    "updateOpportunityAssociation",
)  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.req("OU-35", "OU-47")
async def test_mark_complete(store: Store, alice: Person, bob: Person) -> None:
    task = await task_for(store, alice)
    done = await acted(bob, task["id"], "markComplete")
    attributes = done["attributes"]
    assert (attributes["state"], attributes["completed"]) == ("complete", True)
    assert attributes["completedAt"] >= task["attributes"]["createdAt"]
    assert attributes["stateChangedAt"] > task["attributes"]["stateChangedAt"]
    assert end(done, "completer") == ("user", bob.user_id)


@pytest.mark.req("OU-36")
async def test_mark_complete_with_a_note(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    done = await acted(alice, task["id"], "markComplete", completionNote="Sold", completionAction="x")
    assert (done["attributes"]["note"], done["attributes"]["state"]) == ("Sold", "complete")


@pytest.mark.req("OU-37")
@pytest.mark.parametrize("status", ["completed", "cancelled", "no_show", "skipped"])
async def test_what_is_complete_is_not_completed_again(
    store: Store, alice: Person, bob: Person, status: Any
) -> None:
    task = await task_of(store, alice, status=status)
    before = await task_now(alice, task.id)
    assert await acted(bob, task.id, "markComplete", completionNote="Again") == before
    assert await event_kinds(store, alice, task.id) == ["task.created"]


@pytest.mark.req("OU-38", "OU-47")
async def test_reassign_owner(store: Store, alice: Person, bob: Person) -> None:
    task = await task_for(store, alice)
    now = await acted(alice, task["id"], "reassignOwner", ownerId=bob.user_id)
    assert end(now, "owner") == ("user", bob.user_id)


@pytest.mark.req("OU-39")
async def test_reassign_owner_to_nobody(store: Store, alice: Person, charlie: Person) -> None:
    task = await task_for(store, alice)
    for owner in (charlie.user_id, 2**40, "x", "", 0, -1, 10**30, "1.5"):
        answer = await act(alice, task["id"], "reassignOwner", ownerId=owner)
        assert problems(answer, 422).keys() == {"actionParams[ownerId]"}
    assert await task_now(alice, task["id"]) == task


REQUIRED = [
    ("reassignOwner", "ownerId"),
    ("reschedule", "dueAt"),
    ("updateNote", "note"),
    ("updateOpportunityAssociation", "opportunityAssociation"),
    ("logMeetInPerson", "taskDispositionId"),
]


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        pytest.param(*each, marks=pytest.mark.req("OU-39" if each[0] == "reassignOwner" else "OU-41"))
        for each in REQUIRED
    ],
)
async def test_what_an_action_needs(store: Store, alice: Person, name: str, parameter: str) -> None:
    task = await task_for(store, alice, action="in_person")
    answer = await act(alice, task["id"], name)
    assert problems(answer, 422) == {f"actionParams[{parameter}]": "This is required."}


@pytest.mark.req("OU-39")
@pytest.mark.parametrize("name", NAMES)
async def test_what_an_action_does_not_know(store: Store, alice: Person, name: str) -> None:
    task = await task_for(store, alice)
    for parameter in ("actionParams[x]", "actionParams", "actionParams[a][b]", "note"):
        answer = await alice.outreach.post(f"/tasks/{task['id']}/actions/{name}", params={parameter: "1"})
        assert problems(answer, 400).keys() == {parameter}
    assert await task_now(alice, task["id"]) == task


@pytest.mark.req("OU-40", "OU-47")
@pytest.mark.parametrize("due", [None, "2030-01-01T00:00:00Z"])
async def test_reschedule(store: Store, alice: Person, due: str | None) -> None:
    task = await task_for(store, alice, dueAt=due)
    now = await acted(alice, task["id"], "reschedule", dueAt="2031-02-03T04:05:06.789Z")
    assert now["attributes"]["dueAt"] == "2031-02-03T04:05:06.789Z"


@pytest.mark.req("OU-41")
@pytest.mark.parametrize("at", ["", "tomorrow", "2026-13-01", "7", "null"])
@pytest.mark.parametrize("name", ["reschedule", "snooze"])
async def test_a_time_that_is_none(store: Store, alice: Person, name: str, at: str) -> None:
    task = await task_for(store, alice)
    assert problems(await act(alice, task["id"], name, dueAt=at), 422).keys() == {"actionParams[dueAt]"}


async def snoozed(store: Store, person: Person, due_at: datetime | None, **parameters: Any) -> tuple[Any, Any]:
    task = await task_of(store, person, due_at=due_at)
    now = await acted(person, task.id, "snooze", **parameters)
    return instant(now["attributes"]["dueAt"]), now


@pytest.mark.req("OU-42", "OU-44", "OU-47")
@pytest.mark.parametrize("due_at", [None, NOON - 9000 * DAY])
async def test_snooze_counts_from_now(store: Store, alice: Person, due_at: datetime | None) -> None:
    before = datetime.now(UTC)
    due, _ = await snoozed(store, alice, due_at)
    assert before + DAY - timedelta(seconds=1) <= due <= datetime.now(UTC) + DAY


@pytest.mark.req("OU-43")
async def test_snooze_counts_from_the_due_time_to_come(store: Store, alice: Person) -> None:
    due_at = NOON + 9000 * DAY
    due, now = await snoozed(store, alice, due_at)
    assert due == due_at + DAY
    assert end(now, "taskPriority") == ("taskPriority", 3)


async def test_snooze_moves_a_complete_task_and_it_stays_complete(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_at=NOON)
    done = await acted(alice, task.id, "markComplete")
    now = await acted(alice, task.id, "snooze", dueAt="2031-01-01T00:00:00Z")
    assert now["attributes"]["dueAt"] == "2031-01-01T00:00:00.000Z"
    for name in ("state", "completed", "completedAt", "stateChangedAt"):
        assert now["attributes"][name] == done["attributes"][name]


async def test_snooze_until_then_and_urgently(store: Store, alice: Person) -> None:
    due, now = await snoozed(store, alice, NOON, dueAt="2031-01-01T00:00:00Z", markAsUrgent="true")
    assert due == datetime(2031, 1, 1, tzinfo=UTC)
    assert end(now, "taskPriority") == ("taskPriority", 5)
    _, now = await snoozed(store, alice, NOON, markAsUrgent="false")
    assert end(now, "taskPriority") == ("taskPriority", 3)
    task = await task_for(store, alice)
    problems(await act(alice, task["id"], "snooze", markAsUrgent="perhaps"), 422)


@pytest.mark.req("OU-45", "OU-47")
async def test_update_note(store: Store, alice: Person) -> None:
    task = await task_for(store, alice, note="Ask")
    now = await acted(alice, task["id"], "updateNote", note="Ask again & again\n+1")
    assert now["attributes"]["note"] == "Ask again & again\n+1"
    assert (await acted(alice, task["id"], "updateNote", note="n" * 60_000))["attributes"]["note"] == "n" * 60_000


@pytest.mark.req("OU-45")
@pytest.mark.parametrize(("length", "status"), [(65_400, 200), (65_536, 400)])
async def test_the_longest_note(store: Store, alice: Person, length: int, status: int) -> None:
    """A server reads no address that is longer than a note may be, and httpx writes none."""
    task = await task_for(store, alice)
    place = urlsplit(alice.url)
    path = f"/api/v2/tasks/{task['id']}/actions/updateNote?actionParams[note]={'n' * length}"
    headers = f"host: x\r\nauthorization: Bearer {alice.key}\r\nconnection: close\r\n\r\n"
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    writer.write(f"POST {path} HTTP/1.1\r\n{headers}".encode())
    answer = await reader.read()
    writer.close()
    assert answer.startswith(f"HTTP/1.1 {status}".encode())
    note = (await task_now(alice, task["id"]))["attributes"]["note"]
    assert note == ("n" * length if status == 200 else None)


async def test_log_meet_in_person(store: Store, alice: Person) -> None:
    related = {"subject": ("prospect", (await contact_of(store, alice)).id)}
    task = await task_for(store, alice, related, action="in_person")
    disposition, purpose = (
        await choice_of(alice, "/taskDispositions", 2),
        await choice_of(alice, "/taskPurposes", 3),
    )
    told = {"taskDispositionId": disposition, "taskPurposeId": purpose, "completionNote": "They came"}
    done = await acted(alice, task["id"], "logMeetInPerson", **told)
    assert (done["attributes"]["state"], done["attributes"]["note"]) == ("complete", "They came")
    async with store.reading() as reader:
        stored = await find_task(reader, alice.caller, task["id"])
    assert (stored.disposition_id, stored.purpose_id) == (disposition, purpose)
    again = await acted(alice, task["id"], "logMeetInPerson", taskDispositionId=disposition)
    assert again == done
    assert await event_kinds(store, alice, task["id"]) == ["task.created", "task.meeting_logged", "task.completed"]


async def test_what_cannot_be_logged_as_a_meeting(store: Store, alice: Person, charlie: Person) -> None:
    mine, theirs = await choice_of(alice, "/taskDispositions"), await choice_of(charlie, "/taskDispositions")
    task = await task_for(store, alice)
    problems(await act(alice, task["id"], "logMeetInPerson", taskDispositionId=mine), 422)
    task = await task_for(store, alice, action="in_person")
    foreign = await choice_of(charlie, "/taskPurposes")
    asked: list[Any] = [
        ({"taskDispositionId": theirs}, "actionParams[taskDispositionId]"),
        ({"taskDispositionId": mine, "taskPurposeId": foreign}, "actionParams[taskPurposeId]"),
    ]
    for told, parameter in asked:
        answer = await act(alice, task["id"], "logMeetInPerson", **told)
        assert problems(answer, 422).keys() == {parameter}
    assert await task_now(alice, task["id"]) == task


@pytest.mark.req("OU-48")
@pytest.mark.parametrize("name", NAMES)
async def test_actions_are_posted(store: Store, alice: Person, name: str) -> None:
    task = await task_for(store, alice)
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        problems(await alice.outreach.request(method, f"/tasks/{task['id']}/actions/{name}"), 405)
    problems(await alice.outreach.post(f"/tasks/{2**59}/actions/{name}"), 404)


async def test_a_body_is_passed_over(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    path = f"/tasks/{task['id']}/actions/snooze"
    for kind in ("text/plain", "application/json", ""):
        content_of(await alice.outreach.post(path, content=b"{", headers={"content-type": kind}))
    problems(await alice.outreach.post(f"/tasks/{task['id']}/actions/dance"), 404)


async def test_an_action_answers_with_what_is_included(store: Store, alice: Person) -> None:
    task = await task_for(store, alice)
    path = f"/tasks/{task['id']}/actions/markComplete"
    query = {"include": "owner", "fields[task]": "state", "actionParams[completionNote]": "Done"}
    content = content_of(await alice.outreach.post(path, params=query))
    assert content["data"]["attributes"] == {"state": "complete"}
    assert [each["id"] for each in content["included"]] == [alice.user_id]
