"""What else a task may be sent: priority, contact, resolution; that it has no date."""

from typing import Any

import pytest

from tests.dialects.close.records import NEVER, new_contact, new_lead, new_task
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

PLAIN = {"priority": "medium", "resolution": None, "agent_config_id": None}


def of(task: Any) -> dict[str, Any]:
    return {name: task[name] for name in PLAIN}


async def test_they_come_back_as_they_were_sent(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    sent = {"priority": "high", "resolution": "Called", "agent_config_id": "agent_1"}
    made = await new_task(alice, lead, **sent)
    assert of(made) == sent
    assert data_of(await bob.close.get("/task/")) == [made]
    plain = await new_task(alice, lead)
    assert of(plain) == PLAIN
    path = f"/task/{plain['id']}/"
    assert of(data_of(await bob.close.put(path, json=sent))) == sent
    changed = data_of(await bob.close.put(path, json={"text": "Call", "resolution": None}))
    assert of(changed) == {**sent, "resolution": None}
    assert data_of(await alice.close.put(path, json=changed)) == changed
    assert data_of(await alice.close.get(path)) == changed
    assert of(data_of(await bob.close.put(path, json=PLAIN))) == PLAIN


@pytest.mark.parametrize(
    ("name", "shown"), [("Low", "medium"), ("Medium", "medium"), ("High", "high"), ("Urgent", "high")]
)
async def test_a_priority_is_that_of_outreach(alice: Person, name: str, shown: str) -> None:
    """What is finer there stays, if what is shown here comes back."""
    made = await new_task(alice, await new_lead(alice))
    found = (await alice.outreach.get("/taskPriorities", params={"filter[name]": name})).json()["data"][0]
    [task] = (await alice.outreach.get("/tasks")).json()["data"]
    relation = {"taskPriority": {"data": {"type": "taskPriority", "id": found["id"]}}}
    body = {"data": {"type": "task", "id": task["id"], "relationships": relation}}
    assert (await alice.outreach.patch(f"/tasks/{task['id']}", json=body)).status_code == 200
    path = f"/task/{made['id']}/"
    assert data_of(await alice.close.get(path))["priority"] == shown

    async def priority() -> Any:
        return (await alice.outreach.get(f"/tasks/{task['id']}")).json()["data"]["relationships"]["taskPriority"][
            "data"
        ]

    await alice.close.put(path, json=data_of(await alice.close.get(path)))
    assert (await priority())["id"] == found["id"]
    other = {"high": "medium", "medium": "high"}[shown]
    assert data_of(await alice.close.put(path, json={"priority": other}))["priority"] == other


async def test_a_contact_is_chosen_and_left(alice: Person, charlie: Person) -> None:
    lead = await new_lead(alice)
    sarah, kate = [await new_contact(alice, lead, name) for name in ("Sarah Connor", "Kate Brewster")]
    made = await new_task(alice, lead, contact_id=sarah["id"])
    path = f"/task/{made['id']}/"
    changed = data_of(await alice.close.put(path, json={"contact_id": kate["id"]}))
    assert (changed["contact_id"], changed["contact_name"]) == (kate["id"], "Kate Brewster")
    assert changed["lead_id"] == lead["id"]
    assert data_of(await alice.close.put(path, json=changed)) == changed
    foreign = await new_contact(charlie, await new_lead(charlie))
    for identifier in (foreign["id"], f"cont_{NEVER}", "x"):
        answer = await alice.close.put(path, json={"contact_id": identifier})
        assert refusal_of(answer, 400) == {"contact_id": "Object does not exist."}
    left = data_of(await alice.close.put(path, json={"contact_id": None}))
    assert (left["contact_id"], left["lead_id"]) == (None, lead["id"])


async def test_a_date_goes_with_is_dateless(alice: Person) -> None:
    made = await new_task(alice, await new_lead(alice), date="2026-12-01")
    path = f"/task/{made['id']}/"
    assert data_of(await alice.close.put(path, json={"is_dateless": False})) == made
    left = data_of(await alice.close.put(path, json={**made, "is_dateless": True}))
    assert (left["date"], left["is_dateless"]) == (None, True)
    back = data_of(await alice.close.put(path, json={**left, "date": "2026-12-02"}))
    assert (back["date"], back["is_dateless"]) == ("2026-12-02", False)
    both = data_of(await alice.close.put(path, json={"date": "2026-12-03", "is_dateless": True}))
    assert both["date"] == "2026-12-03"


WRONG = [
    ({"priority": "low"}, "priority"),
    ({"priority": None}, "priority"),
    ({"priority": 1}, "priority"),
    ({"resolution": 1}, "resolution"),
    ({"agent_config_id": 1}, "agent_config_id"),
    ({"contact_id": 1}, "contact_id"),
    ({"is_dateless": "yes"}, "is_dateless"),
]


@pytest.mark.parametrize(("sent", "wrong"), WRONG)
async def test_what_is_wrong_is_refused_by_name(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    made = await new_task(alice, lead)
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], **sent})
    assert refusal_of(answer, 400).keys() == {wrong}
    assert refusal_of(await alice.close.put(f"/task/{made['id']}/", json=sent), 400).keys() == {wrong}
    assert data_of(await alice.close.get("/task/")) == [made]


async def test_none_of_them_is_changed_in_bulk(alice: Person) -> None:
    made = await new_task(alice, await new_lead(alice), date="2026-12-01")
    sent = {"priority": "high", "resolution": "Done", "agent_config_id": "agent_1", "is_dateless": True}
    answer = await alice.close.put(f"/task/?id={made['id']}", json={**sent, "contact_id": None})
    assert data_of(answer) == {"count": 1}
    assert data_of(await alice.close.get("/task/")) == [made]
