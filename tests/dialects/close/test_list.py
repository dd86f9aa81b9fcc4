from typing import Any

import pytest

from tests.counting import counting
from tests.dialects.close.asking import id_of, listed
from tests.dialects.close.records import new_contact, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.tasks.association import NewAssociation
from touchbook.store.postgres import Store

MEMBERS = {
    "id", "_type", "lead_id", "lead_name",
    "assigned_to", "assigned_to_name", "text", "date",
    "due_date", "is_complete", "is_dateless", "is_new",
    "is_primary_lead_notification", "contact_id", "contact_name", "object_type",
    "object_id", "organization_id", "created_by", "created_by_name",
    "updated_by", "updated_by_name", "view", "date_created",
    "date_updated", "deduplication_key", "sequence_id", "sequence_subscription_id",
    "priority", "resolution", "agent_config_id", "emails", "subject",
    "body_preview", "email_id", "phone", "phone_formatted",
    "phone_number_description", "local_phone", "remote_phone", "remote_phone_formatted",
    "remote_phone_description", "voicemail_duration", "voicemail_url", "recording_url",
    "opportunity_value", "opportunity_value_currency", "opportunity_value_formatted", "opportunity_value_period",
    "opportunity_note",
}  # fmt: skip


@pytest.mark.req("CL-01")
async def test_tasks_come_in_the_list_envelope(alice: Person, bob: Person, lead: Any) -> None:
    contact = await new_contact(alice, lead)
    created = await new_task(alice, lead, "Call her", date="2026-07-15T10:00:00-05:00", contact_id=contact["id"])
    answer = await bob.close.get("/task/")
    assert answer.status_code == 200
    assert answer.json() == {"data": [created], "has_more": False}
    assert created.keys() == MEMBERS
    some = {
        "_type": "lead",
        "lead_id": lead["id"],
        "lead_name": "Cyberdyne",
        "contact_id": contact["id"],
        "contact_name": "Sarah Connor",
        "assigned_to_name": "Alice Example",
        "created_by_name": "Alice Example",
        "updated_by_name": None,
        "text": "Call her",
        "date": "2026-07-15T15:00:00+00:00",
        "due_date": "2026-07-15T15:00:00+00:00",
        "is_complete": False,
        "is_dateless": False,
        "organization_id": lead["organization_id"],
        "view": None,
        "emails": None,
    }
    assert {name: created[name] for name in some} == some
    assert created["assigned_to"] == created["created_by"]


@pytest.mark.req("CL-01")
async def test_a_team_without_tasks_has_an_empty_list(alice: Person) -> None:
    assert (await alice.close.get("/task/")).json() == {"data": [], "has_more": False}


async def test_a_list_shows_the_team_s_tasks_alone(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    task = await task_of(store, alice)
    foreign = await task_of(store, charlie)
    assert await listed(bob) == [id_of(task)]
    assert await listed(charlie, _type="all") == [id_of(foreign)]
    assert await listed(charlie, id=id_of(task), _type="all") == []


async def test_a_task_that_lacks_what_close_wants_is_shown_with_nulls(store: Store, alice: Person) -> None:
    """Made where neither a lead, nor a text, nor a date is needed (M-10)."""
    task = await task_of(store, alice, None, due_at=None, kind="in_person")
    [item] = data_of(await alice.close.get("/task/"))
    assert item["id"] == id_of(task)
    nulls = ("lead_id", "lead_name", "contact_id", "assigned_to", "assigned_to_name", "date", "due_date")
    assert {item[name] for name in nulls} == {None}
    assert (item["text"], item["is_dateless"]) == ("In person", True)


async def test_the_first_assignee_and_contact_are_shown(store: Store, alice: Person, bob: Person) -> None:
    """M-8, M-9: the rest is there, and not seen."""
    one, other = await contact_of(store, alice, "Kyle Reese"), await contact_of(store, alice)
    links = [NewAssociation("contact", other.id, index=2), NewAssociation("contact", one.id, index=1)]
    await task_of(store, alice, associations=links, assignees=[bob.user_id, alice.user_id])
    [item] = data_of(await alice.close.get("/task/"))
    assert (item["assigned_to_name"], item["contact_name"]) == ("Bob Example", "Kyle Reese")


@pytest.mark.parametrize("path", ["/task", "/task/", "//task/", "/task//"])
@pytest.mark.req("CL-59")
async def test_a_path_answers_with_one_slash_none_or_two(alice: Person, lead: Any, path: str) -> None:
    path = f"{alice.url}/api/v1{path}"
    made = data_of(await alice.close.post(path, json={"lead_id": lead["id"], "text": path}))
    assert ids_of(await alice.close.get(path)) == [made["id"]]
    one = f"{path.rstrip('/')}/{made['id']}{path[len(path.rstrip('/')) :]}"
    assert data_of(await alice.close.get(one)) == made
    assert data_of(await alice.close.put(one, json={"is_complete": True}))["is_complete"] is True
    assert data_of(await alice.close.put(path, params={"_type": "lead"}, json={"date": None})) == {"count": 1}
    assert data_of(await alice.close.delete(one)) == {}
    refusal_of(await alice.close.get(one), 404)


async def test_fields_come_back_exactly(alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    wanted = {"id": task["id"], "text": "Follow up"}
    for fields in ("id,text", "text,id,nonsense"):
        assert data_of(await alice.close.get("/task/", params={"_fields": fields})) == [wanted]
        assert data_of(await alice.close.get(f"/task/{task['id']}/", params={"_fields": fields})) == wanted


async def test_a_post_may_stand_for_a_get(alice: Person, lead: Any) -> None:
    tasks = [await new_task(alice, lead, str(number)) for number in range(3)]
    ids = [task["id"] for task in tasks]

    async def post(**parameters: Any) -> list[str]:
        headers = {"X-HTTP-Method-Override": "get"}
        return ids_of(await alice.close.post("/task/", json={"_params": parameters}, headers=headers))

    assert await post() == ids
    assert await post(_limit=2, _skip=1) == ids[1:]
    assert await post(id__in=[ids[2], ids[0]]) == [ids[0], ids[2]]
    assert await post(id__in=f"{ids[2]},{ids[0]}", is_complete=False) == [ids[0], ids[2]]
    assert await post(is_complete=True) == []
    assert await post(lead_id=None, _limit=None) == ids
    assert await listed(alice) == ids


async def test_an_address_too_long_for_a_get_goes_by_post(alice: Person, lead: Any) -> None:
    ids = [(await new_task(alice, lead))["id"] for _ in range(2)]
    many = {"_params": {"id__in": ",".join([*ids, *(f"task_{number:043}" for number in range(1, 3000))])}}
    answer = await alice.close.post("/task/", json=many, headers={"x-http-method-override": "GET"})
    assert ids_of(answer) == ids


async def test_a_list_takes_as_many_statements_for_fifty_tasks_as_for_one(
    store: Store, alice: Person, bob: Person, lead: Any
) -> None:
    async def statements(**query: Any) -> int:
        with counting() as count:
            await listed(alice, **query)
        return count()

    await new_task(alice, lead, date="2020-01-01")
    queries: list[dict[str, Any]] = [{}, {"view": "inbox", "_type": "all"}, {"_order_by": "-date_created"}]
    one = [await statements(**query) for query in queries]
    for number in range(49):
        person = (alice, bob)[number % 2]
        contact = await contact_of(store, person, f"Person {number}")
        await task_of(store, person, contact_id=contact.id, assignees=[alice.user_id, bob.user_id])
    assert await statements() == one[0] >= 1
    assert len(await listed(alice)) == 50
    assert [await statements(**query) for query in queries] == one
