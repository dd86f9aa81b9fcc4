"""`/contacts/{id}/timeline`: a contact's story."""

from typing import Any

from tests.core.sequences.records import do, enroll, open_task_of, sequence_of
from tests.counting import counting
from tests.dialects.close.records import new_task
from tests.dialects.rechat.wire import data_of as rechat_data
from tests.dialects.rechat.wire import rows_of as rechat_rows
from tests.dialects.touchbook.records import a, me, new_contact, person_named, record, timeline_of
from tests.dialects.touchbook.wire import INSTANT, rows_of
from tests.dialects.ysuite.wire import data_of as ysuite_data
from tests.dialects.ysuite.wire import new_task as ysuite_task
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.completing import complete_step
from touchbook.core.enrolments.finishing import delete_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.identity import prefixed_id
from touchbook.core.tasks.assigning import assign_task
from touchbook.core.tasks.columns import derive_columns
from touchbook.core.tasks.queries import find_task
from touchbook.store.postgres import Store


async def test_the_whole_story(store: Store, alice: Person, bob: Person) -> None:
    made = await new_contact(alice, a("first_name", "Ann"), a("email", "ann@example.com"))
    path = f"/contacts/{made['id']}"
    rechat_rows(await bob.rechat.post(f"{path}/attributes", json={"attributes": [a("tag", "Warm")]}))
    rechat_data(await bob.rechat.patch(f"{path}/touch", json={"touch_freq": 5}))
    rechat_data(await alice.rechat.put(f"{path}/owner", json={"user": me(bob)}))
    [called] = await record(bob, made["id"], kind="call", subject="Elm Street")
    entries = await timeline_of(alice, made["id"])
    about = {"type": "contact", "id": made["id"]}
    assert all(INSTANT.fullmatch(entry["at"]) for entry in entries)
    assert [{name: value for name, value in entry.items() if name != "at"} for entry in entries] == [
        {
            "kind": "activity.created",
            "record": {"type": "activity", "id": called["id"]},
            "actor": me(bob),
            "surface": "touchbook",
            "changes": {"kind": "call", "outgoing": True, "subject": "Elm Street"},
        },
        told("contact.updated", about, alice, owner=me(bob)),
        told("contact.updated", about, bob, touch_freq=5),
        told("contact.updated", about, bob, touch_freq=30),
        told("contact.updated", about, bob, attributes={"added": [{"type": "tag", "text": "Warm"}]}),
        told("contact.created", about, alice, display_name="Ann", emails=["ann@example.com"], owner=me(alice)),
    ]


def told(kind: str, about: Any, person: Person, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "record": about, "actor": me(person), "surface": "rechat", "changes": changes}


async def test_the_tasks_it_has_to_do_with(store: Store, alice: Person, bob: Person) -> None:
    contact, other = await contact_of(store, alice), await contact_of(store, alice, "Bo")
    sent = ysuite_task(cstid=contact.id, assigned_user_id=bob.user_id, end_datetime=None)
    task_id = ysuite_data(await alice.ysuite.post("/tasks", json=sent))["activity_id"]
    ysuite_data(await alice.ysuite.post("/tasks", json=ysuite_task(cstid=other.id)))
    async with store.transaction() as tx:
        task = await find_task(tx, alice.caller, task_id)
        await assign_task(tx, bob.caller, task_id=task_id, assignees=[alice.user_id, bob.user_id])
    path = f"/task/{prefixed_id('task', task.uid)}/"
    assert (await bob.close.put(path, json={"is_complete": True})).status_code == 200
    completed, assigned, created = [
        entry for entry in await timeline_of(alice, str(contact.uid)) if entry["kind"].startswith("task.")
    ]
    assert {entry["record"]["id"] for entry in (completed, assigned, created)} == {str(task.uid)}
    assert (completed["kind"], completed["surface"], completed["actor"]) == ("task.completed", "close", me(bob))
    changes = completed["changes"]
    assert INSTANT.fullmatch(changes.pop("completed_at"))
    assert changes == {"status": "completed", "completed_by": me(bob)}
    assert assigned["changes"] == {"assignees": [me(alice), me(bob)]}
    assert created["changes"] == {
        "title": "Follow up with Sarah",
        "description": "Discuss contract renewal terms",
        "status": "open",
        "priority": 3,
        "kind": "todo",
        "origin": "manual",
        "due_at": "2026-07-15T15:00:00.000000Z",
        "assignees": [me(bob)],
    }
    assert (await bob.close.delete(path)).status_code == 200
    assert [entry["kind"] for entry in await timeline_of(alice, str(contact.uid))] == ["contact.created"]


async def test_once_though_it_is_associated_twice(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.transaction() as tx:
        task_id = ysuite_data(await alice.ysuite.post("/tasks", json=ysuite_task(cstid=contact.id)))["activity_id"]
        await tx.execute(
            """insert into task_associations (team_id, uid, task_id, kind, contact_id, created_by, created_at,
                updated_at) values ($1, gen_random_uuid(), $2, 'contact', $3, $4, now(), now())""",
            alice.team.id,
            task_id,
            contact.id,
            alice.user_id,
        )
        await derive_columns(tx, alice.caller, [task_id])
    kinds = [entry["kind"] for entry in await timeline_of(alice, str(contact.uid))]
    assert kinds == ["task.created", "contact.created"]


async def test_a_close_task_belongs_to_the_contacts_lead_alone(store: Store, alice: Person) -> None:
    lead = (await alice.close.post("/lead/", json={"name": "ACME", "contacts": [{"name": "Ann"}]})).json()
    await new_task(alice, lead)
    [ann] = (await alice.rechat.get("/contacts")).json()["data"]
    assert [entry["kind"] for entry in await timeline_of(alice, ann["id"])] == ["contact.created"]


async def test_the_latest_first_in_pages_and_as_many_statements(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    for day in (2, 1, 3):
        await record(alice, ann, at=f"2026-07-{day:02}T10:00:00Z")
    whole = await timeline_of(alice, ann)
    assert [entry["at"] for entry in whole] == sorted((entry["at"] for entry in whole), reverse=True)
    path = f"/contacts/{ann}/timeline"
    pages = [
        rows_of(await alice.touchbook.get(path, params={"limit": 1, "offset": n}), more=n < 3) for n in range(4)
    ]
    assert [entry for [entry] in pages] == whole
    with counting() as count:
        await timeline_of(alice, ann)
        many = count()
        await alice.touchbook.get(path, params={"limit": 1})
        assert count() == many >= 1


async def test_what_is_older_than_the_events(store: Store, alice: Person) -> None:
    """An activity tells its own story when its event has been forgotten."""
    ann = await person_named(alice, "Ann")
    [made] = await record(alice, ann, kind="note", body="Likes tea")
    async with store.transaction() as tx:
        await tx.execute("delete from events where team_id = $1", alice.team.id)
    assert await timeline_of(alice, ann) == [
        {
            "at": made["at"],
            "kind": "activity.created",
            "record": {"type": "activity", "id": made["id"]},
            "actor": me(alice),
            "surface": None,
            "changes": {"kind": "note", "outgoing": True, "body": "Likes tea"},
        }
    ]


async def test_its_way_through_a_sequence(store: Store, alice: Person, bob: Person) -> None:
    contact = await contact_of(store, alice)
    made = await sequence_of(store, alice, "sms", "call")
    state = await enroll(store, bob, made, contact.id)
    await do(store, alice, pause_state, state_id=state.id)
    await do(store, alice, resume_state, state_id=state.id)
    for outcome in (None, "replied"):
        task = await open_task_of(store, alice, state)
        await do(store, alice, complete_step, task_id=task.id, outcome=outcome)
    uid = str(contact.uid)
    told = [each for each in await timeline_of(alice, uid) if each["record"]["type"] == "sequence_state"]
    assert [each["kind"].removeprefix("sequence_state.") for each in told] == [
        *("finished", "advanced", "resumed", "paused", "created")
    ]
    assert {each["record"]["id"] for each in told} == {str(state.uid)}
    assert [each["actor"] for each in told] == [me(alice)] * 4 + [me(bob)]
    name = {"sequence": "New buyers"}
    assert [each["changes"] for each in told] == [
        {**name, "state": "finished", "finish_reason": "replied"},
        {**name, "step": "call"},
        {**name, "state": "active"},
        {**name, "state": "paused"},
        {**name, "step": "sms", "owner": me(bob)},
    ]
    await do(store, alice, delete_state, state_id=state.id)
    assert [each["record"]["type"] for each in await timeline_of(alice, uid)].count("sequence_state") == 0
