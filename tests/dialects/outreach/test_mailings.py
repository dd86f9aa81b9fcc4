"""GET /mailings: the e-mails that steps ask for."""

from typing import Any

import pytest

from tests.core.sequences.records import Made, do, enroll, open_task_of, sequence_of, template_of
from tests.dialects.outreach.asking import ids, problems, refused, shown
from tests.people import Person
from touchbook.core.enrolments.delivering import deliver_task
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

Asked = tuple[Made, SequenceState, Task]


@pytest.fixture
async def asked(store: Store, alice: Person) -> Asked:
    made = await sequence_of(store, alice, "email")
    await template_of(store, alice, made.steps[0], "<p>Hi {{ first_name }}</p>", "Hello {{ first_name }}")
    state = await enroll(store, alice, made)
    return made, state, await open_task_of(store, alice, state)


async def test_a_draft_and_what_it_belongs_to(alice: Person, asked: Asked) -> None:
    made, state, task = asked
    mailing = await shown(alice, f"/mailings/{task.mailing_id}")
    attributes = mailing["attributes"]
    assert {name: value for name, value in attributes.items() if name not in ("createdAt", "updatedAt")} == {
        "bodyHtml": "<p>Hi Sarah</p>",
        "errorReason": None,
        "mailingType": "sequence",
        "scheduledAt": None,
        "state": "drafted",
        "stateChangedAt": attributes["stateChangedAt"],
        "subject": "Hello Sarah",
    }
    related = {name: each["data"] and each["data"]["id"] for name, each in mailing["relationships"].items()}
    assert {
        "prospect": state.contact_id,
        "sequence": made.id,
        "sequenceState": state.id,
        "sequenceStep": state.step_id,
        "template": task.template_id,
        "user": alice.user_id,
    }.items() <= related.items()


async def test_what_is_to_be_sent_is_scheduled(store: Store, alice: Person, asked: Asked) -> None:
    _, _, task = asked
    assert await ids(alice, "/mailings", **{"filter[state]": "scheduled"}) == []
    await do(store, alice, deliver_task, task_id=task.id)
    attributes = (await shown(alice, f"/mailings/{task.mailing_id}"))["attributes"]
    assert attributes["state"] == "scheduled"
    assert attributes["scheduledAt"] == attributes["stateChangedAt"]
    query = {"filter[state]": "scheduled", "filter[scheduledAt]": f"{attributes['scheduledAt']}..inf"}
    assert await ids(alice, "/mailings", **query) == [task.mailing_id]
    assert await ids(alice, "/mailings", **{"filter[state]": "drafted"}) == []


async def test_they_are_found(store: Store, alice: Person, bob: Person, charlie: Person, asked: Asked) -> None:
    made, state, task = asked
    other = await enroll(store, bob, made)
    second = (await open_task_of(store, bob, other)).mailing_id
    queries: list[dict[str, Any]] = [
        {"filter[prospect][id]": state.contact_id},
        {"filter[sequenceState][id]": state.id},
        {"filter[task][id]": task.id},
        {"filter[user][id]": alice.user_id},
        {"filter[sequence][name]": "New buyers", "filter[id]": f"neginf..{task.mailing_id}"},
    ]
    for query in queries:
        assert await ids(alice, "/mailings", **query) == [task.mailing_id], query
        assert await ids(charlie, "/mailings", **query) == []
    for query in ({"filter[sequence][id]": made.id}, {"filter[template][id]": task.template_id}, {}):
        assert await ids(bob, "/mailings", sort="-id", **query) == [second, task.mailing_id]
    assert await ids(alice, "/mailings", **{"filter[task][id]": "__null__"}) == []


async def test_they_are_read_only(alice: Person, charlie: Person, asked: Asked) -> None:
    path = f"/mailings/{asked[2].mailing_id}"
    for method in ("PATCH", "DELETE", "POST"):
        assert problems(await alice.outreach.request(method, path, json={}), 405)
    assert problems(await alice.outreach.post("/mailings", json={}), 405)
    assert problems(await charlie.outreach.get(path), 404)
    assert problems(await alice.outreach.get(path, headers={"authorization": ""}), 401)
    assert await refused(alice, "/mailings", **{"filter[bodyHtml]": "x"}) == "filter[bodyHtml]"
