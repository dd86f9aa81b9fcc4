"""The sequences that contacts are in: `contact.flows`, and `flows=`."""

from typing import Any

import pytest

from tests.core.sequences.records import do, enroll, open_task_of, sequence_of
from tests.counting import counting
from tests.dialects.rechat.records import NEVER
from tests.dialects.rechat.wire import data_of, ids_of, refusal_of, rows_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.enrolments.finishing import delete_state, finish_state
from touchbook.core.enrolments.pausing import pause_state
from touchbook.core.sequences.queries import find_sequence
from touchbook.core.tasks.completing import complete_task
from touchbook.store.postgres import Store


async def flows_of(person: Person, contact: Any) -> Any:
    path = f"/contacts/{contact.uid}"
    return data_of(await person.rechat.get(path, params={"associations": "contact.flows"}))["flows"]


async def uid_of(store: Store, person: Person, sequence_id: int) -> str:
    async with store.reading() as reader:
        return str((await find_sequence(reader, person.caller, sequence_id)).uid)


@pytest.mark.req("RC-175")
async def test_the_sequences_a_contact_is_in(store: Store, alice: Person, bob: Person) -> None:
    contact, made = await contact_of(store, alice), await sequence_of(store, alice, "sms", "call")
    assert await flows_of(alice, contact) == []
    state = await enroll(store, alice, made, contact.id)
    async with store.reading() as reader:
        sequence = await find_sequence(reader, alice.caller, made.id)
    [flow] = await flows_of(bob, contact)
    assert flow == {
        "id": str(sequence.uid),
        "created_at": sequence.created_at.timestamp(),
        "updated_at": sequence.updated_at.timestamp(),
        "name": "New buyers",
        "description": None,
        "state": "active",
        "step": {"id": str(made.steps[0].uid), "order": 1, "kind": "sms", "type": "flow_step"},
        "type": "flow",
    }
    await do(store, alice, complete_task, task_id=(await open_task_of(store, alice, state)).id)
    await do(store, alice, pause_state, state_id=state.id)
    other = await sequence_of(store, alice, "task")
    await enroll(store, alice, other, contact.id)
    assert [(each["state"], each["step"]["kind"]) for each in await flows_of(alice, contact)] == [
        ("paused", "call"),
        ("active", "task"),
    ]
    await do(store, alice, finish_state, state_id=state.id)
    assert [each["step"]["kind"] for each in await flows_of(alice, contact)] == ["task"]


async def test_only_when_they_are_asked_for(store: Store, alice: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice)
    assert "flows" not in data_of(await alice.rechat.get(f"/contacts/{contact.uid}"))
    query = {"associations": "contact.flows"}
    refusal_of(await charlie.rechat.get(f"/contacts/{contact.uid}", params=query), 404)


@pytest.mark.req("RC-082")
async def test_contacts_are_found_by_sequence(store: Store, alice: Person, charlie: Person) -> None:
    first, second = await sequence_of(store, alice, "call"), await sequence_of(store, alice, "sms")
    ann, bo, _ = [await contact_of(store, alice, name) for name in ("Ann", "Bo", "Cy")]
    state = await enroll(store, alice, first, ann.id)
    for made in (first, second):
        await enroll(store, alice, made, bo.id)

    async def found(*sequences: int, **query: Any) -> list[str]:
        flows = ",".join([await uid_of(store, alice, each) for each in sequences])
        params = {"flows": flows, "order": "created_at", **query}
        return ids_of(await alice.rechat.get("/contacts", params=params))

    assert await found(first.id) == [str(ann.uid), str(bo.uid)]
    assert await found(second.id) == [str(bo.uid)]
    assert await found(first.id, second.id) == [str(ann.uid), str(bo.uid)]
    assert await found(first.id, q="Ann") == [str(ann.uid)]
    assert await found(first.id, lists=NEVER) == []
    await do(store, alice, pause_state, state_id=state.id)
    assert str(ann.uid) in await found(first.id)
    await do(store, alice, delete_state, state_id=state.id)
    assert await found(first.id) == [str(bo.uid)]
    assert ids_of(await alice.rechat.get("/contacts", params={"flows": NEVER})) == []
    foreign = {"flows": await uid_of(store, alice, first.id)}
    assert ids_of(await charlie.rechat.get("/contacts", params=foreign)) == []
    mine = await sequence_of(store, charlie, "call")
    foreign = {"flows": await uid_of(store, charlie, mine.id)}
    assert ids_of(await alice.rechat.get("/contacts", params=foreign)) == []
    refusal_of(await alice.rechat.get("/contacts", params={"flows": "x"}), 400)


async def test_as_many_statements_for_many_as_for_one(store: Store, alice: Person) -> None:
    query = {"associations": "contact.flows", "limit": "50"}

    async def enrolled() -> None:
        await enroll(store, alice, await sequence_of(store, alice, "call"))

    await enrolled()
    with counting() as count:
        rows_of(await alice.rechat.get("/contacts", params=query))
    one = count()
    for _ in range(4):
        await enrolled()
    with counting() as count:
        assert len(rows_of(await alice.rechat.get("/contacts", params=query))) == 5
    assert count() == one >= 1
