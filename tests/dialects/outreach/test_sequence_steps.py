"""POST /sequenceSteps, PATCH and DELETE /sequenceSteps/{id}."""

from typing import Any, get_args

import pytest

from tests.core.sequences.records import enroll, open_task_of, sequence_of, state_now, tasks_of
from tests.dialects.outreach.asking import changed, created, ids, patched, problems, sent, shown
from tests.dialects.outreach.campaigns import new_sequence, new_step, new_template
from tests.people import Person
from touchbook.core.sequences.step import StepKind
from touchbook.store.postgres import Store


@pytest.fixture
async def buyers(alice: Person) -> Any:
    return await new_sequence(alice)


async def test_a_step_is_added(alice: Person, bob: Person, buyers: Any) -> None:
    made = await new_step(
        alice, buyers, stepType="call", interval=90, taskAutoskipDelay=45, taskNote="Ask for Ann", order=3
    )
    assert {name: value for name, value in made["attributes"].items() if not name.endswith("At")} == {
        "displayName": "Step #3 (call)",
        "interval": 90,
        "order": 3,
        "stepType": "call",
        "taskAutoskipDelay": 45,
        "taskNote": "Ask for Ann",
    }
    assert made["relationships"]["sequence"]["data"] == {"type": "sequence", "id": buyers["id"]}
    assert made["relationships"]["taskPriority"]["data"] == {"type": "taskPriority", "id": 3}
    assert await shown(bob, f"/sequenceSteps/{made['id']}") == made


async def test_of_each_kind_in_its_order(alice: Person, buyers: Any) -> None:
    kinds = list(get_args(StepKind))
    made = [await new_step(alice, buyers, stepType=kind) for kind in kinds]
    assert [each["attributes"]["order"] for each in made] == list(range(1, 10))
    assert await ids(alice, "/sequenceSteps", sort="-order") == [each["id"] for each in reversed(made)]
    assert await ids(alice, "/sequenceSteps", **{"filter[stepType]": "sms,call"}) == [made[0]["id"], made[2]["id"]]
    assert await ids(alice, "/sequenceSteps", **{"filter[order]": "8..inf"}) == [each["id"] for each in made[7:]]


@pytest.mark.parametrize("kind", ["manual_email", "auto_email"])
async def test_who_sends_an_email_is_kept(alice: Person, buyers: Any, kind: str) -> None:
    """It is the same step elsewhere: its task and its mailing are those of any e-mail."""
    said, plain = [await new_step(alice, buyers, stepType=each) for each in (kind, "email")]
    path = f"/sequenceSteps/{said['id']}"
    assert said["attributes"]["stepType"] == kind
    assert said["attributes"]["displayName"] == f"Step #1 ({kind.replace('_', ' ')})"
    prospect = await created(alice, "/prospects", sent("prospect", firstName="Ann"))
    template = await new_template(alice)
    related = {"sequenceStep": ("sequenceStep", said["id"]), "template": ("template", template["id"])}
    await created(alice, "/sequenceTemplates", sent("sequenceTemplate", related=related))
    related = {"prospect": ("prospect", prospect["id"]), "sequence": ("sequence", buyers["id"])}
    await created(alice, "/sequenceStates", sent("sequenceState", related=related))
    for name, expected in ((kind, said), ("email", plain)):
        assert await ids(alice, "/sequenceSteps", **{"filter[stepType]": name}) == [expected["id"]]
    [task] = await ids(alice, "/tasks", **{"filter[sequenceStep][stepType]": kind})
    task = await shown(alice, f"/tasks/{task}")
    assert (task["attributes"]["taskType"], task["attributes"]["action"]) == ("sequence_step_email", "email")
    assert task["relationships"]["mailing"]["data"]
    assert await ids(alice, "/tasks", **{"filter[sequenceStep][stepType]": "email"}) == []
    assert await changed(alice, path, {"data": said}) == said
    for other in ("email", "call", kind):
        assert (await changed(alice, path, sent("sequenceStep", stepType=other)))["attributes"][
            "stepType"
        ] == other


async def test_at_an_order_those_behind_make_room(alice: Person, buyers: Any) -> None:
    first, second = [await new_step(alice, buyers, stepType=kind) for kind in ("call", "sms")]
    between = await new_step(alice, buyers, stepType="task", order=2)
    query = {"filter[sequence][id]": buyers["id"], "sort": "order"}
    assert await ids(alice, "/sequenceSteps", **query) == [first["id"], between["id"], second["id"]]
    await changed(alice, f"/sequenceSteps/{second['id']}", sent("sequenceStep", order=1))
    assert await ids(alice, "/sequenceSteps", **query) == [second["id"], first["id"], between["id"]]


async def test_only_what_is_sent_changes(alice: Person, buyers: Any) -> None:
    step = await new_step(alice, buyers, stepType="call", interval=5, taskAutoskipDelay=60, taskNote="x")
    path = f"/sequenceSteps/{step['id']}"
    assert await changed(alice, path, {"data": step}) == step
    urgent = {"taskPriority": ("taskPriority", 5)}
    body = sent("sequenceStep", related=urgent, interval=0, taskAutoskipDelay=None, stepType="sms")
    after = await changed(alice, path, body)
    assert after["attributes"] == {
        **step["attributes"],
        "displayName": "Step #1 (sms)",
        "interval": 0,
        "stepType": "sms",
        "taskAutoskipDelay": None,
        "updatedAt": after["attributes"]["updatedAt"],
    }
    assert after["relationships"]["taskPriority"]["data"]["id"] == 5
    usual = await changed(alice, path, sent("sequenceStep", related={"taskPriority": None}))
    assert usual["relationships"]["taskPriority"]["data"]["id"] == 3


async def test_it_keeps_its_sequence(alice: Person, buyers: Any) -> None:
    step, other = await new_step(alice, buyers, stepType="call"), await new_sequence(alice)
    body = sent("sequenceStep", related={"sequence": ("sequence", other["id"])})
    assert await changed(alice, f"/sequenceSteps/{step['id']}", body) == step


async def test_a_delay_shorter_than_a_minute_outlives_a_whole_document(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, ("call", 90))
    step = await shown(alice, f"/sequenceSteps/{made.steps[0].id}")
    assert step["attributes"]["interval"] == 1
    assert await changed(alice, f"/sequenceSteps/{step['id']}", {"data": step}) == step


async def test_deleted_it_is_asked_of_nobody_any_more(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call", "sms", "task")
    state = await enroll(store, alice, made)
    for step in made.steps[:2]:
        answer = await alice.outreach.delete(f"/sequenceSteps/{step.id}")
        assert (answer.status_code, answer.content) == (204, b"")
    assert await ids(alice, "/sequenceSteps") == [made.steps[2].id]
    task = await open_task_of(store, alice, state)
    assert task.sequence_step_id == made.steps[0].id
    assert (await state_now(store, alice, state)).state == "active"
    assert len(await tasks_of(store, alice, state)) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stepType", "auto_call"), ("stepType", None), ("interval", -1), ("interval", 366 * 24 * 60 + 1),
        ("interval", "5"), ("interval", None), ("interval", 2**53), ("order", 0), ("order", 10_001),
        ("order", True), ("taskAutoskipDelay", 0), ("taskAutoskipDelay", 366 * 86400 + 1), ("taskNote", 5),
    ],
)  # fmt: skip
async def test_an_attribute_that_is_wrong_is_refused(alice: Person, buyers: Any, name: str, value: Any) -> None:
    step = await new_step(alice, buyers, stepType="call")
    body = sent("sequenceStep", **{name: value})
    answer = await patched(alice, f"/sequenceSteps/{step['id']}", body)
    assert problems(answer, 422).keys() == {f"/data/attributes/{name}"}
    assert await shown(alice, f"/sequenceSteps/{step['id']}") == step


async def test_the_longest_interval_is_taken(alice: Person, buyers: Any) -> None:
    await new_step(alice, buyers, stepType="call", interval=366 * 24 * 60, taskAutoskipDelay=366 * 86400)


async def test_a_kind_and_a_sequence_of_the_team_are_needed(alice: Person, charlie: Person, buyers: Any) -> None:
    answer = await alice.outreach.post("/sequenceSteps", json=sent("sequenceStep"))
    assert problems(answer, 422).keys() == {"/data/attributes/stepType", "/data/relationships/sequence"}
    theirs = await new_sequence(charlie)
    body = sent("sequenceStep", related={"sequence": ("sequence", theirs["id"])}, stepType="call")
    assert problems(await alice.outreach.post("/sequenceSteps", json=body), 422).keys() == {
        "/data/relationships/sequence"
    }
    body = sent("sequenceStep", related={"sequence": ("sequence", buyers["id"])}, stepType="call")
    step = await created(alice, "/sequenceSteps", body)
    for method in ("GET", "PATCH", "DELETE"):
        answer = await charlie.outreach.request(method, f"/sequenceSteps/{step['id']}", json=sent("sequenceStep"))
        assert problems(answer, 404)
    assert problems(await alice.outreach.put(f"/sequenceSteps/{step['id']}", json={}), 405)
