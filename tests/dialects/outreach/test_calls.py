"""GET and POST /calls: those that were logged, and those that completed a task."""

from datetime import timedelta
from typing import Any

from tests.clock import utc_now
from tests.core.sequences.records import do, enroll, open_task_of, sequence_of
from tests.dialects.outreach.asking import created, ids, problems, refused, sent, shown
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.activities.activity import Activity
from touchbook.core.activities.recording import record_activity
from touchbook.core.tasks.completing import complete_task
from touchbook.dialects.outreach.times import show_instant
from touchbook.store.postgres import Store


async def logged(store: Store, person: Person, contact_id: int | None = None, **members: object) -> Activity:
    contact_id = contact_id or (await contact_of(store, person)).id
    given = {"contact_ids": [contact_id], "kind": "call", **members}
    [activity] = await do(store, person, record_activity, **given)
    assert isinstance(activity, Activity)
    return activity


async def test_a_call_that_was_logged(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    at = utc_now() - timedelta(days=2)
    made = await logged(store, alice, at=at, outgoing=False, subject="Elm Street", body="Will think about it")
    await logged(store, alice, made.contact_id, kind="sms")
    call = await shown(bob, f"/calls/{made.id}")
    said = {name: value for name, value in call["attributes"].items() if value is not None}
    assert said == {
        "completedAt": show_instant(at),
        "createdAt": show_instant(made.created_at),
        "direction": "inbound",
        "note": "Will think about it",
        "updatedAt": show_instant(made.updated_at),
    }
    related = {name: each["data"] and each["data"]["id"] for name, each in call["relationships"].items()}
    assert (related["prospect"], related["user"]) == (made.contact_id, alice.user_id)
    assert (related["sequence"], related["sequenceState"], related["sequenceStep"]) == (None, None, None)
    assert await ids(alice, "/calls") == [made.id]
    assert await ids(charlie, "/calls") == []
    assert problems(await charlie.outreach.get(f"/calls/{made.id}"), 404)


async def test_the_call_that_completed_a_step(store: Store, alice: Person, charlie: Person) -> None:
    made = await sequence_of(store, alice, "call")
    state = await enroll(store, alice, made)
    task = await open_task_of(store, alice, state)
    await do(store, alice, complete_task, task_id=task.id)
    other = await logged(store, alice)
    [found] = await ids(alice, "/calls", **{"filter[task][id]": task.id})
    call = await shown(alice, f"/calls/{found}")
    assert (call["attributes"]["direction"], call["attributes"]["note"]) == ("outbound", task.title)
    related = {name: each["data"] and each["data"]["id"] for name, each in call["relationships"].items()}
    assert (related["sequence"], related["sequenceState"], related["sequenceStep"]) == (
        made.id,
        state.id,
        state.step_id,
    )
    for query in (
        {"filter[sequence][id]": made.id},
        {"filter[sequence][name]": "New buyers"},
        {"filter[sequenceState][id]": state.id},
        {"filter[sequenceStep][id]": state.step_id},
        {"filter[prospect][id]": state.contact_id},
    ):
        assert await ids(alice, "/calls", **query) == [found], query
        assert await ids(charlie, "/calls", **query) == []
    assert await ids(alice, "/calls", **{"filter[task][id]": "__null__"}) == [other.id]
    assert await ids(alice, "/calls", sort="-completedAt") == [other.id, found]


async def test_they_cannot_be_changed(store: Store, alice: Person) -> None:
    path = f"/calls/{(await logged(store, alice)).id}"
    for method in ("PATCH", "DELETE"):
        assert problems(await alice.outreach.request(method, path, json={}), 405)
    assert problems(await alice.outreach.get(path, headers={"authorization": ""}), 401)
    assert await refused(alice, "/calls", sort="note") == "sort"


async def test_a_call_is_logged_and_is_a_touch(alice: Person, bob: Person) -> None:
    prospect = (await created(alice, "/prospects", sent("prospect", firstName="Ann")))["id"]
    related = {"prospect": ("prospect", prospect), "user": ("user", alice.user_id)}
    at = "2026-01-05T10:00:00.000Z"
    made = await created(alice, "/calls", sent("call", related=related, note="Busy", completedAt=at))
    assert await shown(bob, f"/calls/{made['id']}") == made
    assert (made["attributes"]["direction"], made["attributes"]["note"]) == ("outbound", "Busy")
    assert (await shown(alice, f"/prospects/{prospect}"))["attributes"]["touchedAt"] == at


async def test_a_call_that_cannot_be_is_refused(alice: Person, bob: Person, charlie: Person) -> None:
    prospect, foreign = [
        (await created(each, "/prospects", sent("prospect", firstName="Ann")))["id"] for each in (alice, charlie)
    ]
    to: dict[str, Any] = {"prospect": ("prospect", prospect)}
    wrong = [
        ({}, {}, "relationships/prospect"),
        ({"prospect": None}, {}, "relationships/prospect"),
        ({"prospect": ("prospect", foreign)}, {}, "relationships/prospect"),
        ({**to, "user": ("user", bob.user_id)}, {}, "relationships/user"),
        (to, {"direction": "sideways"}, "attributes/direction"),
        (to, {"completedAt": show_instant(utc_now() + timedelta(hours=1))}, "attributes/completedAt"),
        (to, {"completedAt": "soon"}, "attributes/completedAt"),
    ]
    for related, attributes, place in wrong:
        answer = await alice.outreach.post("/calls", json=sent("call", related=related, **attributes))
        assert problems(answer, 422).keys() == {f"/data/{place}"}
    assert await ids(alice, "/calls") == []
