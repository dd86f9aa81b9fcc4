import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.core.tasks.rows import check_kept, events_of, read
from tests.dialects.close.asking import id_of, listed, put, seen_from, shown
from tests.dialects.close.records import my_id, new_lead, new_task
from tests.dialects.close.wire import data_of, refusal_of
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import CLOSED, OPEN
from touchbook.dialects.close.ids import task_id
from touchbook.store.postgres import Store


async def bulk(person: Person, query: dict[str, Any], offset: float | None = None, **members: Any) -> int:
    answer = await person.close.put("/task/", params=query, json=members, headers=seen_from(offset))
    body = data_of(answer)
    assert body.keys() == {"count"}
    return int(body["count"])


@pytest.mark.req("CL-42")
async def test_exactly_these_are_completed(store: Store, alice: Person, bob: Person, lead: Any) -> None:
    ids = [(await new_task(alice, lead))["id"] for _ in range(5)]
    wanted = [ids[0], ids[2], ids[4]]
    assert await bulk(bob, {"id__in": ",".join(wanted)}, is_complete=True) == 3
    assert await listed(alice, is_complete="true") == wanted
    assert await listed(alice, is_complete="false") == [ids[1], ids[3]]
    assert (await shown(alice, ids[0]))["updated_by_name"] == "Bob Example"
    assert await bulk(alice, {"id__in": ",".join(ids)}, is_complete=False) == 5
    assert await listed(alice, is_complete="false") == ids


async def test_all_three_fields_change_at_once(alice: Person, bob: Person, lead: Any) -> None:
    ids = [(await new_task(alice, lead))["id"] for _ in range(3)]
    members: dict[str, Any] = {"is_complete": True, "date": "2016-01-01", "assigned_to": await my_id(bob)}
    assert await bulk(alice, {"id__in": ",".join(ids[:2])}, **members) == 2
    for task in ids[:2]:
        item = await shown(alice, task)
        assert {name: item[name] for name in members} == members
    assert (await shown(alice, ids[2]))["is_complete"] is False
    one = await new_task(alice, lead)
    same = await put(alice, one["id"], **members)
    own = {"id", "date_created", "date_updated"}
    many = await shown(alice, ids[0])
    assert {name: same[name] for name in same if name not in own} == {
        name: many[name] for name in many if name not in own
    }


FILTERS: list[dict[str, Any]] = [
    {"id": "task"},
    {"id__in": "task"},
    {"_type": "all"},
    {"_type": "voicemail"},
    {"_type__in": "voicemail,lead"},
    {"lead_id": "lead"},
    {"assigned_to": "bob"},
    {"membership_id": "membership"},
    {"organization_id": "organization"},
    {"is_complete": "true"},
    {"is_complete": "False"},
    {"view": "inbox"},
    {"view": "future"},
    {"view": "archive", "_type": "all"},
    *({name: "2015-01-12"} for name in ("date", "due_date")),
    *({f"date__{op}": "2015-01-12"} for op in ("lt", "lte", "gt", "gte")),
    *({f"due_date__{op}": "2015-01-12T08:00:00"} for op in ("lt", "lte", "gt", "gte")),
    *({f"date_created__{op}": "created"} for op in ("lt", "lte", "gt", "gte")),
    *({f"date_updated__{op}": "created"} for op in ("lt", "lte", "gt", "gte")),
    {"view": "inbox", "lead_id": "lead", "assigned_to": "bob"},
]


@pytest.mark.req("CL-43")
@pytest.mark.parametrize("query", FILTERS, ids=str)
async def test_it_touches_exactly_what_the_list_shows(
    store: Store, alice: Person, bob: Person, at: Callable[[str], None], query: dict[str, Any]
) -> None:
    [membership] = data_of(await bob.close.get("/me/"))["memberships"]
    leads = [await new_lead(alice), await new_lead(alice)]
    people = [await my_id(alice), await my_id(bob)]
    dates = ["2015-01-11", "2015-01-12", "2015-01-12T07:59:00Z", "2015-01-12T08:00:00Z", "2015-01-13", None]
    made = [
        await new_task(
            alice, leads[n % 2], str(n), date=date, assigned_to=people[n % 3 == 2], is_complete=n % 4 == 3
        )
        for n, date in enumerate(dates)
    ]
    for status in ("open", "completed"):
        await task_of(store, alice, origin="voicemail", status=status)
    words = {
        "task": made[1]["id"],
        "lead": leads[0]["id"],
        "bob": people[1],
        "membership": membership["id"],
        "organization": leads[0]["organization_id"],
        "created": made[3]["date_created"],
    }
    query = {name: words.get(value, value) for name, value in query.items()}
    at("2015-01-12T07:30:00+00:00")
    before = data_of(await alice.close.get("/task/?_type=all"))
    expected = await listed(alice, -8, **query)
    assert 0 < len(expected) <= len(before)
    assert await bulk(alice, query, -8, date="2017-01-01") == len(expected)
    after = {item["id"]: item for item in data_of(await alice.close.get("/task/?_type=all"))}
    assert {task for task, item in after.items() if item["date"] == "2017-01-01"} == set(expected)
    assert [after[item["id"]] for item in before if item["id"] not in expected] == [
        item for item in before if item["id"] not in expected
    ]


@pytest.mark.req("CL-44")
@pytest.mark.parametrize("text", ["Other", "", None, "Follow up"])
async def test_a_text_is_refused(alice: Person, lead: Any, text: str | None) -> None:
    task = await new_task(alice, lead)
    for query in ({"id": task["id"]}, {"_type": "lead"}):
        answer = await alice.close.put("/task/", params=query, json={"text": text, "is_complete": True})
        assert refusal_of(answer, 400).keys() == {"text"}
    assert await shown(alice, task["id"]) == task


@pytest.mark.req("CL-45")
async def test_without_a_type_only_lead_tasks_are_touched(store: Store, alice: Person) -> None:
    task, other = await task_of(store, alice), await task_of(store, alice, origin="voicemail")
    ids = f"{id_of(task)},{id_of(other)}"
    assert await bulk(alice, {"id__in": ids}, is_complete=True) == 1
    assert await bulk(alice, {"view": "inbox", "is_complete": "false"}, is_complete=True) == 0
    assert await read(store, alice, other) == other
    assert await bulk(alice, {"id__in": ids, "_type": "all"}, is_complete=True) == 2
    assert (await read(store, alice, other)).status == "completed"


@pytest.mark.req("CL-46")
@pytest.mark.parametrize("query", ["", "?_limit=10", "?_order_by=date", "?_skip=0&_fields=id", "?nonsense=1"])
async def test_without_a_filter_nothing_is_touched(alice: Person, lead: Any, query: str) -> None:
    task = await new_task(alice, lead)
    refusal_of(await alice.close.put(f"/task/{query}", json={"is_complete": True}), 400)
    assert await shown(alice, task["id"]) == task


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("is_complete=false&leadid=X", {"leadid"}),
        ("is_complete=false&id_in=X", {"id_in"}),
        ("is_complete=false&lead=X&contact=Y&search=z", {"lead", "contact", "search"}),
        ("is_complete=false&id[]=X", {"id[]"}),
        ("is_complete=false&_limits=1", {"_limits"}),
        ("is_complete=false&date__lower=2015-01-01", {"date__lower"}),
        ("is_complete=false&lead_id=X&lead_id=Y", {"lead_id"}),
    ],
)
async def test_what_is_not_understood_is_refused_by_name(
    alice: Person, lead: Any, query: str, wrong: set[str]
) -> None:
    task = await new_task(alice, lead)
    answer = await alice.close.put(f"/task/?{query}", json={"is_complete": True})
    assert refusal_of(answer, 400).keys() == wrong
    assert await shown(alice, task["id"]) == task


@pytest.mark.parametrize("member", ["ids", "id__in", "leadid", "search", "_limit"])
async def test_a_member_that_no_task_has_is_refused_by_name(alice: Person, lead: Any, member: str) -> None:
    task = await new_task(alice, lead)
    whole = {name: value for name, value in task.items() if name != "text"} | {"is_complete": True}
    answer = await alice.close.put("/task/?is_complete=false", json={**whole, member: "x"})
    assert refusal_of(answer, 400).keys() == {member}
    assert await shown(alice, task["id"]) == task
    assert await bulk(alice, {"id": task["id"]}, **whole) == 1


async def test_a_page_of_the_list_is_touched_alone(alice: Person, lead: Any) -> None:
    ids = [(await new_task(alice, lead, date=f"2015-01-0{day}"))["id"] for day in range(1, 6)]
    query = {"is_complete": "false", "_order_by": "-date", "_fields": "id"}
    assert await bulk(alice, {**query, "_skip": "1", "_limit": "2"}, is_complete=True) == 2
    assert await listed(alice, is_complete="true") == [ids[2], ids[3]]
    assert await bulk(alice, {**query, "_skip": "2"}, is_complete=True) == 1
    assert await listed(alice, is_complete="false") == [ids[1], ids[4]]
    assert await bulk(alice, query, is_complete=True) == 2


@pytest.mark.parametrize("name", ["id__in", "id__in[]", "_type__in", "_type__in[]"])
async def test_of_an_empty_list_nothing_is_touched(alice: Person, lead: Any, name: str) -> None:
    task = await new_task(alice, lead)
    assert await bulk(alice, {name: ""}, is_complete=True) == 0
    assert await bulk(alice, {name: ["", ","], "is_complete": "false"}, is_complete=True) == 0
    assert await listed(alice, **{name: ""}) == []
    assert await shown(alice, task["id"]) == task


async def test_what_is_as_it_shall_be_stays(store: Store, alice: Person) -> None:
    """The coarse-write rule: what has ended otherwise is complete already."""
    tasks = [await task_of(store, alice, status=status) for status in sorted(OPEN | CLOSED)]
    assert await bulk(alice, {"_type": "all"}, is_complete=True) == len(tasks)
    for task in tasks:
        after = await read(store, alice, task)
        assert after.status == (task.status if task.status in CLOSED else "completed")
        assert (after == task) == (task.status in CLOSED)
        assert len(await events_of(store, alice, task)) == 1 + (task.status in OPEN)
        await check_kept(store, alice, after)


@pytest.mark.parametrize(
    "wrong",
    [
        {"assigned_to": "user_x"},
        {"assigned_to": 5},
        {"date": "2015-02-29"},
        {"due_date": "2015-02-29"},
        {"is_complete": None},
        {"is_complete": "true"},
    ],
)
async def test_what_is_wrong_is_refused_whole(alice: Person, lead: Any, wrong: dict[str, Any]) -> None:
    task = await new_task(alice, lead)
    good: dict[str, Any] = {"is_complete": True, "assigned_to": None}
    refusal_of(await alice.close.put("/task/?_type=all", json={**good, **wrong}), 400)
    refusal_of(await alice.close.put("/task/?_type=nonsense", json=good), 400)
    refusal_of(await alice.close.put("/task/?is_complete=nonsense&_type=all", json=good), 400)
    assert await shown(alice, task["id"]) == task


async def test_what_may_not_be_written_is_passed_over(alice: Person, lead: Any) -> None:
    task, other = await new_task(alice, lead), await new_lead(alice)
    assert await bulk(alice, {"id": task["id"]}, lead_id=other["id"], view="archive") == 1
    assert await bulk(alice, {"id": task["id"]}) == 1
    assert await shown(alice, task["id"]) == task


@pytest.mark.req("CL-57")
async def test_due_date_stands_in_for_a_date_that_is_missing(alice: Person, lead: Any) -> None:
    task = (await new_task(alice, lead))["id"]
    for sent, seen in (
        ({"due_date": "2016-01-01"}, "2016-01-01"),
        ({"due_date": "2016-01-01", "date": "2017-01-01"}, "2017-01-01"),
        ({"due_date": None}, None),
    ):
        await bulk(alice, {"id": task}, **sent)
        assert (await shown(alice, task))["date"] == seen


async def test_another_team_s_tasks_are_out_of_reach(alice: Person, charlie: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    queries = ({"_type": "all"}, {"id__in": task["id"]}, {"lead_id": lead["id"]}, {"view": "inbox"})
    for query in queries:
        assert await bulk(charlie, query, is_complete=True, date="2016-01-01") == 0
    answer = await alice.close.put("/task/?_type=all", json={"assigned_to": await my_id(charlie)})
    assert refusal_of(answer, 400) == {"assigned_to": "Object does not exist."}
    assert await shown(alice, task["id"]) == task


async def test_who_waits_for_each_other_comes_through(store: Store, alice: Person, lead: Any) -> None:
    """A call is completed, which ends the touch task of its contact; both are completed in bulk meanwhile."""
    contact = await contact_of(store, alice)
    touch = await task_of(store, alice, contact_id=contact.id, origin="touch")
    call = await task_of(store, alice, contact_id=contact.id, kind="call")
    async with store.transaction() as tx:
        await lock_task(tx, alice.caller, call.id)
        ids = ",".join(task_id(task.uid) for task in (touch, call))
        query = {"id__in": ids, "_type": "all"}
        bulk = asyncio.create_task(alice.close.put("/task/", params=query, json={"is_complete": True}))
        await asyncio.sleep(0.5)
        await complete_task(tx, alice.caller, task_id=call.id)
    assert (await bulk).json() == {"count": 2}
    async with store.reading() as reader:
        assert [(await find_task(reader, alice.caller, task.id)).status for task in (touch, call)] == [
            "completed"
        ] * 2
