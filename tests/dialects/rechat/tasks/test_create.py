import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, me, new_contact
from tests.dialects.rechat.tasks.records import (
    ASKED,
    DUE,
    END,
    EVERYTHING,
    HOUR,
    create,
    everything,
    link,
    new_listing,
    new_task,
    said,
    shown,
)
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.factories import deal_of
from tests.people import Person, bearer_headers, new_key, rechat_client
from touchbook.store.postgres import Store


@pytest.mark.req("RT-01", "RT-07", "RT-08", "RT-09", "RT-10", "RT-11", "RT-12", "RT-13", "RT-18")
async def test_a_task_is_created(alice: Person) -> None:
    answer = await alice.rechat.post("/crm/tasks", json=said())
    body = answer.json()
    assert (answer.status_code, body["code"], body.keys()) == (200, "OK", {"code", "data"})
    task = body["data"]
    assert task == {
        "id": task["id"],
        "created_at": task["created_at"],
        "updated_at": task["created_at"],
        "deleted_at": None,
        "title": "Hello, Task World!",
        "description": None,
        "due_date": 1765163654.099,
        "end_date": None,
        "status": "PENDING",
        "task_type": "Todo",
        "all_day": False,
        "metadata": None,
        "kind": "Task",
        "brand": str(alice.team.uid),
        "type": "crm_task",
    }
    assert not ASKED & task.keys()


@pytest.mark.req("RT-13", "RT-14")
async def test_milliseconds_are_taken_as_such(alice: Person) -> None:
    task = await new_task(alice, due_date=1765163654099, end_date=1765170854099)
    assert (task["due_date"], task["end_date"]) == (1765163654.099, 1765170854.099)
    assert (await shown(alice, task))["end_date"] == END


@pytest.mark.parametrize("seconds", [DUE, 1765163654, 0, -1.5, 1765163654.123456, 4102444800.000001])
@pytest.mark.req("RT-12")
async def test_times_keep_their_fraction(alice: Person, seconds: float) -> None:
    task = await new_task(alice, due_date=seconds, end_date=seconds)
    assert (task["due_date"], task["end_date"]) == (seconds, seconds)


@pytest.mark.req("RT-16")
async def test_times_of_the_server_are_seconds_with_fractions(alice: Person) -> None:
    tasks = [await new_task(alice) for _ in range(3)]
    assert all(isinstance(task[name], float) for task in tasks for name in ("created_at", "updated_at"))
    assert any(task["created_at"] % 1 for task in tasks)


@pytest.mark.parametrize(
    "metadata",
    [{}, {"template": "<html>\n</html>"}, {"a": {"b": [1, 2.5, True, None, "é", {"c": {}}]}}, {"n": 2**53}, None],
)
@pytest.mark.req("RT-15")
async def test_metadata_come_back_as_they_were_sent(alice: Person, metadata: Any) -> None:
    task = await new_task(alice, metadata=metadata)
    assert task["metadata"] == metadata
    assert (await shown(alice, task))["metadata"] == metadata


@pytest.mark.req("RT-17")
async def test_what_the_server_gives_is_not_taken(alice: Person) -> None:
    given = {
        "id": NEVER,
        "created_at": 1,
        "updated_at": 1,
        "deleted_at": 1,
        "kind": "x",
        "brand": NEVER,
        "type": "x",
    }
    task = await new_task(alice, **given)
    assert UUID(task["id"]).version == 7
    assert (task["kind"], task["type"], task["brand"]) == ("Task", "crm_task", str(alice.team.uid))
    assert (task["deleted_at"], task["created_at"] > DUE) == (None, True)


@pytest.mark.req("RT-28", "RT-30", "RT-31", "RT-33", "RT-81")
async def test_a_task_is_created_with_all_that_belongs_to_it(store: Store, alice: Person, bob: Person) -> None:
    contact, listing = await new_contact(alice), await new_listing(alice)
    deal = str((await deal_of(store, alice)).uid)
    links = [
        link("listing", listing["id"], metadata={"origin": "rechat"}),
        link("contact", contact["id"], index=3),
        link("deal", deal),
    ]
    reminders = [
        {"is_relative": True, "timestamp": DUE - 2 * HOUR},
        {"is_relative": False, "timestamp": 1765156454.099},
    ]
    members = {"assignees": [me(bob), me(alice)], "associations": links, "reminders": reminders, "status": "DONE"}
    task = data_of(await create(alice, EVERYTHING, **members))
    assert [user["id"] for user in task["assignees"]] == [me(bob), me(alice)]
    assert [(each["association_type"], each["index"], each["metadata"]) for each in task["associations"]] == [
        ("contact", 3, None),
        ("listing", None, {"origin": "rechat"}),
        ("deal", None, None),
    ]
    for each in task["associations"]:
        assert (each["crm_task"], each["type"]) == (task["id"], "crm_association")
        assert (each["created_by"], each["brand"]) == (me(alice), str(alice.team.uid))
    assert (task["contacts"], task["deals"], task["listings"]) == ([contact["id"]], [deal], [listing["id"]])
    assert [(each["is_relative"], each["timestamp"]) for each in task["reminders"]] == [
        (True, DUE - 2 * HOUR),
        (False, 1765156454.099),
    ]
    for each in task["reminders"]:
        assert UUID(each["id"])
        assert (each["task"], each["type"], each["deleted_at"]) == (task["id"], "reminder", None)
    assert task["status"] == "DONE"
    assert await shown(bob, task, EVERYTHING) == task


async def test_a_record_is_linked_once(alice: Person) -> None:
    contact = await new_contact(alice)
    links = [link("contact", contact["id"]), link("contact", contact["id"], index=2)]
    task = await new_task(alice, associations=links)
    assert [each["index"] for each in task["associations"]] == [2]


@pytest.mark.parametrize(
    "without",
    [
        pytest.param("title", marks=pytest.mark.req("RT-02")),
        pytest.param("due_date", marks=pytest.mark.req("RT-03")),
        pytest.param("task_type", marks=pytest.mark.req("RT-04")),
    ],
)
async def test_what_is_required_is_missed(alice: Person, without: str) -> None:
    sent = said()
    del sent[without]
    assert refusal_of(await alice.rechat.post("/crm/tasks", json=sent), 400).keys() == {without}
    answer = await alice.rechat.post("/crm/tasks", json={**sent, without: None})
    assert refusal_of(answer, 400).keys() == {without}
    assert await everything(alice) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", ""), ("title", "  "), ("title", 5), ("title", "a\0b"), ("description", 5),
        ("due_date", "tomorrow"), ("due_date", 1e300), ("due_date", 2.54e14),
        ("due_date", -1e11), ("due_date", -1e300), ("due_date", True), ("end_date", "x"),
        ("end_date", 1e18), ("task_type", "call"), ("task_type", "Email"), ("task_type", None),
        ("status", "done"), ("status", "OPEN"), ("status", None), ("all_day", "yes"), ("all_day", None),
        ("metadata", "x"), ("metadata", []), ("assignees", NEVER), ("assignees", None), ("assignees", [None]),
        ("assignees", [5]), ("associations", {}), ("associations", [5]), ("reminders", None), ("reminders", [5]),
        ("reminders", [{"is_relative": True}]), ("reminders", [{"timestamp": DUE}]),
        ("reminders", [{"is_relative": True, "timestamp": None}]),
        ("reminders", [{"is_relative": 1, "timestamp": DUE}]),
        ("reminders", [{"is_relative": True, "timestamp": 1e300}]),
        ("assignees", ["x"] * 101),
    ],
)  # fmt: skip
@pytest.mark.req("RT-05", "RT-06", "RT-32")
async def test_a_wrong_member_is_refused(alice: Person, name: str, value: Any) -> None:
    refusal_of(await create(alice, **{name: value}), 400)
    assert await everything(alice) == []


@pytest.mark.parametrize("text", NO_UIDS)
async def test_what_is_no_uuid_is_refused(alice: Person, text: str) -> None:
    refusal_of(await create(alice, assignees=[text]), 400)
    refusal_of(await create(alice, associations=[link("contact", text)]), 400)
    assert await everything(alice) == []


@pytest.mark.req("RT-29")
async def test_who_or_what_the_team_does_not_have_is_refused(alice: Person, charlie: Person) -> None:
    theirs = await new_contact(charlie)
    for nobody in (NEVER, me(charlie)):
        assert refusal_of(await create(alice, assignees=[nobody]), 400).keys() == {"assignee"}
    for kind, uid in (("contact", theirs["id"]), ("contact", NEVER), ("deal", NEVER), ("listing", NEVER)):
        refusal_of(await create(alice, associations=[link(kind, uid)]), 404)
    assert await everything(alice) == []


@pytest.mark.parametrize("body", [b"", b"{", b"null", b"[]", b'"x"', b"5", b'{"title": "\\ud800"}'])
async def test_what_is_no_object_is_refused(alice: Person, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    refusal_of(await alice.rechat.post("/crm/tasks", content=body, headers=headers), 400)
    assert await everything(alice) == []


@pytest.mark.req("RT-93")
async def test_only_who_may_write_creates(store: Store, alice: Person) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/crm/tasks", json=said()), 403)
    for headers in (bearer_headers("nobody"), {"authorization": ""}):
        refusal_of(await alice.rechat.post("/crm/tasks", json=said(), headers=headers), 401)
    assert await everything(alice) == []


async def test_the_same_request_makes_one_task(alice: Person) -> None:
    headers = {"idempotency-key": "morning"}
    first, second = [await alice.rechat.post("/crm/tasks", json=said(), headers=headers) for _ in range(2)]
    assert first.json() == second.json()
    assert len(await everything(alice)) == 1


async def test_its_lead_is_that_of_the_contact_that_stands_first(alice: Person) -> None:
    ids = [
        (await new_contact(alice, {"attribute_type": "company", "text": name}))["id"]
        for name in ("A Corp", "B Corp")
    ]
    links = [link("contact", ids[0], index=5), link("contact", ids[1], index=1)]
    task = await new_task(alice, associations=links)
    close = (await alice.close.get("/task/", params={"_type": "all"})).json()["data"][0]
    assert (close["lead_name"], task["contacts"][0]) == ("B Corp", ids[1])


NUMBERS = [
    "1e22", "1E+22", "-1e20", "1e23", "1e300", "1.7976931348623157e308", "5e-324", "-2.5e-7", "0.0", "-0.0", "1.0",
    "9223372036854775808", "-9223372036854775809", "10000000000000000000000", "123456789012345678901234567890.5",
    "0.1234567890123456789012345", "1" + "0" * 300, "9.2e18",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.req("RT-15")
async def test_a_number_comes_back_equal_and_can_be_sent_back(alice: Person, number: str) -> None:
    """To whoever reads it as float or integer, as JavaScript and Python do, and to the last digit."""
    task = await new_task(alice)
    path, headers = f"/crm/tasks/{task['id']}", {"content-type": "application/json"}
    for body in (f'{{"metadata": {{"n": [{number}, {{"m": {number}}}]}}}}', None):
        content = body or (await alice.rechat.get(path)).content
        sent = (
            content
            if body
            else msgspec.json.encode({"metadata": msgspec.json.decode(content)["data"]["metadata"]})
        )
        for answer in (await alice.rechat.put(path, content=sent, headers=headers), await alice.rechat.get(path)):
            assert data_of(answer)["metadata"] == json.loads(f'{{"n": [{number}, {{"m": {number}}}]}}')
            if body:
                [exact, _] = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)["data"][
                    "metadata"
                ]["n"]
                assert exact == Decimal(number)


@pytest.mark.req("RT-15")
async def test_a_change_in_the_last_digit_is_kept(alice: Person) -> None:
    task = await new_task(alice)
    for number in ("0.12345678901234567890", "0.12345678901234567891", "0.12345678901234567890"):
        answer = await alice.rechat.put(
            f"/crm/tasks/{task['id']}",
            content=f'{{"metadata": {{"n": {number}}}}}',
            headers={"content-type": "application/json"},
        )
        assert number in answer.text


@pytest.mark.parametrize("number", ["1e309", "-1e400", "1e-400", "1" + "0" * 309, "0." + "1" * 400])
async def test_a_number_that_no_float_is_near_to_is_refused(alice: Person, number: str) -> None:
    task = await new_task(alice)
    headers = {"content-type": "application/json"}
    for body in (f'{{"metadata": {{"n": {number}}}}}', f'{{"metadata": {{"n": [[{number}]]}}, "title": "Other"}}'):
        refusal_of(await alice.rechat.put(f"/crm/tasks/{task['id']}", content=body, headers=headers), 400)
    assert await shown(alice, task) == {**await shown(alice, task), "title": task["title"], "metadata": None}


async def test_numbers_that_take_more_room_than_a_body_may_are_refused(alice: Person) -> None:
    task = await new_task(alice)
    body = '{"metadata": {"n": [' + ",".join(["1e300"] * 4000) + "]}}"
    headers = {"content-type": "application/json"}
    refusal_of(await alice.rechat.put(f"/crm/tasks/{task['id']}", content=body, headers=headers), 413)
