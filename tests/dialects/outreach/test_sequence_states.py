"""POST /sequenceStates, DELETE /sequenceStates/{id}, and the actions finish, pause, resume."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.core.sequences.records import check_rules, do, open_task_of
from tests.dialects.outreach.asking import JSON_API, changed, content_of, created, ids, problems, sent, shown
from tests.dialects.outreach.campaigns import enrolment, new_sequence
from tests.factories import contact_of
from tests.people import Person, new_key, outreach_client
from touchbook.core.enrolments.completing import complete_step
from touchbook.core.enrolments.queries import find_state
from touchbook.store.postgres import Store


@pytest.fixture
async def buyers(alice: Person) -> Any:
    return await new_sequence(alice, "call", "sms")


@pytest.fixture
async def state(store: Store, alice: Person, buyers: Any) -> Any:
    return await created(alice, "/sequenceStates", enrolment((await contact_of(store, alice)).id, buyers))


async def record_of(store: Store, person: Person, state: Any) -> Any:
    return await do(store, person, find_state, state_id=state["id"])


async def act(person: Person, state: Any, name: str, **given: Any) -> httpx.Response:
    return await person.outreach.post(f"/sequenceStates/{state['id']}/actions/{name}", **given)


async def test_a_prospect_is_taken_in(store: Store, alice: Person, bob: Person, buyers: Any) -> None:
    contact = await contact_of(store, alice)
    body = enrolment(contact.id, buyers)
    body["data"]["relationships"]["mailbox"] = {"data": {"type": "mailbox", "id": 7}}
    made = await created(bob, "/sequenceStates", body)
    [step, _] = await ids(alice, "/sequenceSteps", sort="order")
    assert (made["attributes"]["state"], made["attributes"]["repliedAt"]) == ("active", None)
    related = {name: each["data"]["id"] for name, each in made["relationships"].items() if "data" in each}
    assert related == {
        "creator": bob.user_id,
        "prospect": contact.id,
        "sequence": buyers["id"],
        "sequenceStep": step,
    }
    assert await shown(alice, f"/sequenceStates/{made['id']}") == made
    task = await open_task_of(store, alice, await record_of(store, alice, made))
    assert (task.origin, task.assignees) == ("sequence_step_call", [bob.user_id])
    await check_rules(store, alice, [await record_of(store, alice, made)])


async def test_it_is_in_there_once(store: Store, alice: Person, state: Any, buyers: Any) -> None:
    prospect = state["relationships"]["prospect"]["data"]["id"]
    said = problems(await alice.outreach.post("/sequenceStates", json=enrolment(prospect, buyers)), 409)
    assert "already" in said[None]
    contact = await contact_of(store, alice)
    body = enrolment(contact.id, buyers)
    answers = await asyncio.gather(*(alice.outreach.post("/sequenceStates", json=body) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]


async def test_a_sequence_that_takes_nobody_in(store: Store, alice: Person, buyers: Any) -> None:
    contact = await contact_of(store, alice)
    await changed(alice, f"/sequences/{buyers['id']}", sent("sequence", enabled=False))
    answer = await alice.outreach.post("/sequenceStates", json=enrolment(contact.id, buyers))
    assert "disabled" in problems(answer, 409)[None]
    empty = await new_sequence(alice)
    answer = await alice.outreach.post("/sequenceStates", json=enrolment(contact.id, empty))
    assert "no step" in problems(answer, 409)[None]
    assert await ids(alice, "/sequenceStates") == []


async def test_both_are_needed_and_of_the_team(store: Store, alice: Person, charlie: Person, buyers: Any) -> None:
    names = {"/data/relationships/prospect", "/data/relationships/sequence"}
    assert problems(await alice.outreach.post("/sequenceStates", json=sent("sequenceState")), 422).keys() == names
    theirs = enrolment((await contact_of(store, charlie)).id, await new_sequence(charlie, "call"))
    assert problems(await alice.outreach.post("/sequenceStates", json=theirs), 422).keys() == names
    assert problems(await alice.outreach.post("/sequenceStates", json={"data": []}), 400)


async def test_pause_and_resume(store: Store, alice: Person, bob: Person, state: Any) -> None:
    task = await open_task_of(store, alice, await record_of(store, alice, state))
    paused = content_of(await act(bob, state, "pause"))["data"]
    assert (paused["attributes"]["state"], paused["id"]) == ("paused", state["id"])
    assert paused["attributes"]["stateChangedAt"] > state["attributes"]["stateChangedAt"]
    await check_rules(store, alice, [await record_of(store, alice, state)])
    assert content_of(await act(bob, state, "pause"))["data"] == paused
    resumed = content_of(await act(alice, state, "resume"))["data"]
    assert resumed["attributes"]["state"] == "active"
    assert (await open_task_of(store, alice, await record_of(store, alice, state))).id == task.id
    assert content_of(await act(alice, state, "resume"))["data"] == resumed


async def test_finish(store: Store, alice: Person, state: Any) -> None:
    finished = content_of(await act(alice, state, "finish"))["data"]
    assert (finished["attributes"]["state"], finished["attributes"]["repliedAt"]) == ("finished", None)
    await check_rules(store, alice, [await record_of(store, alice, state)])
    assert content_of(await act(alice, state, "finish"))["data"] == finished
    for name in ("pause", "resume"):
        assert "finished" in problems(await act(alice, state, name), 409)[None]


async def test_a_reply_is_told(store: Store, alice: Person, state: Any) -> None:
    task = await open_task_of(store, alice, await record_of(store, alice, state))
    await do(store, alice, complete_step, task_id=task.id, outcome="replied")
    attributes = (await shown(alice, f"/sequenceStates/{state['id']}"))["attributes"]
    assert (attributes["state"], attributes["repliedAt"]) == ("finished", attributes["stateChangedAt"])


@pytest.mark.parametrize("kind", [JSON_API, "application/json", ""])
@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense"])
async def test_an_action_takes_whatever_body(alice: Person, state: Any, kind: str, body: bytes) -> None:
    answer = await act(alice, state, "pause", content=body, headers={"content-type": kind})
    assert content_of(answer)["data"]["attributes"]["state"] == "paused"
    answer = await act(alice, state, "resume?include=sequence,sequenceStep,prospect")
    kinds = [each["type"] for each in content_of(answer)["included"]]
    assert sorted(kinds) == ["prospect", "sequence", "sequenceStep"]


async def test_it_is_deleted(store: Store, alice: Person, state: Any, buyers: Any) -> None:
    record = await record_of(store, alice, state)
    answer = await alice.outreach.delete(f"/sequenceStates/{state['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problems(await alice.outreach.get(f"/sequenceStates/{state['id']}"), 404)
    with pytest.raises(ValueError, match="not enough"):
        await open_task_of(store, alice, record)
    assert await created(alice, "/sequenceStates", enrolment(record.contact_id, buyers))


async def test_they_are_found(store: Store, alice: Person, charlie: Person, state: Any, buyers: Any) -> None:
    other = await new_sequence(alice, "email", name="Other", tags=["cold"])
    prospect = state["relationships"]["prospect"]["data"]["id"]
    second = await created(alice, "/sequenceStates", enrolment(prospect, other))
    await act(alice, second, "pause")
    for query, found in (
        ({}, [state, second]),
        ({"filter[prospect][id]": prospect, "sort": "-createdAt"}, [second, state]),
        ({"filter[sequence][id]": buyers["id"]}, [state]),
        ({"filter[sequence][name]": "Other"}, [second]),
        ({"filter[sequence][tags]": "cold"}, [second]),
        ({"filter[state]": "paused,finished"}, [second]),
        ({"filter[sequenceStep][id]": state["relationships"]["sequenceStep"]["data"]["id"]}, [state]),
    ):
        assert await ids(alice, "/sequenceStates", **query) == [each["id"] for each in found], query
        assert await ids(charlie, "/sequenceStates", **query) == []


async def test_who_may_not(store: Store, alice: Person, charlie: Person, state: Any) -> None:
    reader = outreach_client(alice.url, await new_key(store, alice, "read"))
    for name in ("finish", "pause", "resume"):
        assert problems(await act(charlie, state, name), 404)
        assert problems(await reader.post(f"/sequenceStates/{state['id']}/actions/{name}"), 403)
        assert problems(await alice.outreach.get(f"/sequenceStates/{state['id']}/actions/{name}"), 405)
        assert problems(await alice.outreach.post(f"/sequenceStates/x/actions/{name}"), 404)
        assert problems(await act(alice, state, f"{name}?x=1"), 400)
    assert problems(await act(alice, state, "advance"), 404)
    assert problems(await alice.outreach.patch(f"/sequenceStates/{state['id']}", json={}), 405)
    assert problems(await charlie.outreach.delete(f"/sequenceStates/{state['id']}"), 404)
    assert await shown(alice, f"/sequenceStates/{state['id']}") == state
