from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from tests.dialects.ysuite.wire import data_of, ids_of, refusal_of
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.task import Kind, Status
from touchbook.store.postgres import Store


async def tasks_of(store: Store, person: Person, count: int) -> list[int]:
    async with store.transaction() as tx:
        return [
            (await create_task(tx, person.caller, NewTask(title="Task", due_at=NOON))).id for _ in range(count)
        ]


async def listed(person: Person, **query: Any) -> list[int]:
    return ids_of(await person.ysuite.get("/tasks", params=query))


def local(clock: str) -> datetime:
    """Of the team's zone in July, five hours behind UTC."""
    return datetime.fromisoformat(f"{clock}-05:00").astimezone(UTC)


@pytest.mark.req("V1-01", "V1-19", "V1-20")
async def test_list_shows_a_page(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    end = local("2026-07-15T13:00:00.999")
    task = await task_of(store, alice, contact_id=contact.id, end_at=end, priority=4)
    answer = await alice.ysuite.get("/tasks")
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "data": {
            "data": [
                {
                    "activity_id": task.id,
                    "title": "Follow up",
                    "activity_type": "Task",
                    "status": 0,
                    "priority": 4,
                    "start_datetime": "2026-07-15T12:00:00",
                    "end_datetime": "2026-07-15T13:00:00",
                    "cstid": contact.id,
                }
            ],
            "current_page": 1,
            "total_records": 1,
            "total_pages": 1,
        },
    }


@pytest.mark.req("V1-02", "V1-05", "V1-06", "V1-07")
async def test_a_page_has_ten_and_the_first_is_zero(store: Store, alice: Person) -> None:
    tasks = await tasks_of(store, alice, 12)
    for query, ids, current in (
        ({}, tasks[:10], 1),
        ({"pageIndex": 0}, tasks[:10], 1),
        ({"pageIndex": 1}, tasks[10:], 2),
    ):
        page = data_of(await alice.ysuite.get("/tasks", params=query))
        assert [item["activity_id"] for item in page["data"]] == ids
        assert (page["current_page"], page["total_records"], page["total_pages"]) == (current, 12, 2)
    assert data_of(await alice.ysuite.get("/tasks?pageSize=12"))["total_pages"] == 1
    assert data_of(await alice.ysuite.get("/tasks?pageSize=11"))["total_pages"] == 2


@pytest.mark.req("V1-03")
async def test_a_page_has_a_hundred_at_most(store: Store, alice: Person) -> None:
    tasks = await tasks_of(store, alice, 101)
    for size in (100, 101, 2**31 - 1):
        page = data_of(await alice.ysuite.get("/tasks", params={"pageSize": size}))
        assert [item["activity_id"] for item in page["data"]] == tasks[:100]
        assert (page["total_records"], page["total_pages"]) == (101, 2)
    assert await listed(alice, pageSize=101, pageIndex=1) == tasks[100:]


@pytest.mark.req("V1-08")
async def test_a_page_past_the_end_is_empty(store: Store, alice: Person) -> None:
    await tasks_of(store, alice, 3)
    for index in (2, 1000, 2**31 - 1):
        page = data_of(await alice.ysuite.get("/tasks", params={"pageSize": 2, "pageIndex": index}))
        assert page == {"data": [], "current_page": index + 1, "total_records": 3, "total_pages": 2}


@pytest.mark.req("V1-04")
@pytest.mark.parametrize("name", ["pageSize", "pageIndex"])
@pytest.mark.parametrize("value", ["-1", "ten", "1.5", "9" * 40, "null", "[]", "½"])
async def test_a_page_that_is_none_is_refused(alice: Person, name: str, value: str) -> None:
    assert refusal_of(await alice.ysuite.get("/tasks", params={name: value}), 422).keys() == {name}


@pytest.mark.req("V1-04")
async def test_a_page_of_nothing_is_refused(alice: Person) -> None:
    assert refusal_of(await alice.ysuite.get("/tasks?pageSize=0"), 422).keys() == {"pageSize"}


@pytest.mark.req("V1-09")
@pytest.mark.parametrize(
    ("search", "finds"),
    [
        ("sarah", True),
        ("UP WITH s", True),
        ("Follow up with Sarah O'Éireann", True),
        ("o'eire", True),
        ("Sarah Follow", False),
        ("renewal", False),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("'", True),
    ],
)
async def test_search_goes_by_part_of_the_title(store: Store, alice: Person, search: str, finds: bool) -> None:
    task = await task_of(store, alice, "Follow up with Sarah O'Éireann", description="renewal")
    await task_of(store, alice, "Send the papers")
    assert await listed(alice, search=search) == [task.id] * finds


@pytest.mark.req("V1-10")
async def test_status_filters_exactly(store: Store, alice: Person) -> None:
    shown: dict[int, list[int]] = {0: [], 1: [], 2: [], 3: [], 4: []}
    numbers = {
        "scheduled": 0,
        "open": 0,
        "in_progress": 1,
        "completed": 2,
        "cancelled": 3,
        "skipped": 3,
        "no_show": 4,
    }
    for status in get_args(Status):
        shown[numbers[status]].append((await task_of(store, alice, status=status)).id)
    for number, ids in shown.items():
        page = data_of(await alice.ysuite.get("/tasks", params={"status": number}))
        assert [item["activity_id"] for item in page["data"]] == ids
        assert {item["status"] for item in page["data"]} == {number}
        assert page["total_records"] == len(ids)


@pytest.mark.req("V1-11")
async def test_priority_filters_exactly(store: Store, alice: Person) -> None:
    tasks = [(await task_of(store, alice, priority=number)).id for number in range(5)]
    for number in range(5):
        assert await listed(alice, priority=number) == [tasks[number]]


@pytest.mark.req("V1-10", "V1-11")
@pytest.mark.parametrize("name", ["status", "priority"])
@pytest.mark.parametrize("value", ["5", "-1", "open", "1.5", "true", "0,1"])
async def test_a_level_beyond_the_five_is_refused(alice: Person, name: str, value: str) -> None:
    assert refusal_of(await alice.ysuite.get("/tasks", params={name: value}), 422).keys() == {name}


@pytest.mark.req("V1-12")
async def test_a_persons_list_is_of_those_shown_as_theirs(store: Store, alice: Person, bob: Person) -> None:
    await task_of(store, alice)
    hers = await task_of(store, alice, assignees=[alice.user_id])
    his = await task_of(store, alice, assignees=[bob.user_id, alice.user_id])
    assert await listed(alice, assigned_user_id=alice.user_id) == [hers.id]
    assert await listed(alice, assigned_user_id=bob.user_id) == [his.id]
    assert await listed(alice, assigned_user_id=bob.user_id, status=0, search="follow") == [his.id]
    assert await listed(alice, assigned_user_id=2**62) == []


@pytest.mark.parametrize("value", ["0", "-1", "x", str(2**63)])
async def test_a_person_that_is_none_is_refused(alice: Person, value: str) -> None:
    answer = await alice.ysuite.get("/tasks", params={"assigned_user_id": value})
    assert refusal_of(answer, 422).keys() == {"assigned_user_id"}


@pytest.mark.req("V1-13", "V1-14")
async def test_days_are_the_teams_and_both_ends_count(store: Store, alice: Person) -> None:
    async def due(**when: Any) -> int:
        return (await task_of(store, alice, **when)).id

    before = await due(due_at=local("2026-07-14T23:59:59.999999"))
    dated = await due(due_on=date(2026, 7, 15))
    first, last = (
        await due(due_at=local("2026-07-15T00:00:00")),
        await due(due_at=local("2026-07-15T23:59:59.999999")),
    )
    after_dated = await due(due_on=date(2026, 7, 16))
    after = await due(due_at=local("2026-07-16T00:00:00"))
    await due(due_at=None)
    assert await listed(alice, due_date_from="2026-07-15", due_date_to="2026-07-15") == [dated, first, last]
    assert await listed(alice, due_date_from="2026-07-15") == [dated, first, last, after_dated, after]
    assert await listed(alice, due_date_to="2026-07-15") == [before, dated, first, last]
    assert await listed(alice, due_date_from="2026-07-16", due_date_to="2026-07-15") == []


@pytest.mark.req("V1-15")
@pytest.mark.parametrize("name", ["due_date_from", "due_date_to"])
@pytest.mark.parametrize(
    "day", ["2026-13-01", "2026-02-30", "soon", "20260715", "0000-00-00", "0001-01-01", "9999-12-31", "7"]
)
async def test_a_day_that_is_none_is_refused(alice: Person, name: str, day: str) -> None:
    assert refusal_of(await alice.ysuite.get("/tasks", params={name: day}), 422).keys() == {name}


@pytest.mark.req("V1-16")
async def test_the_list_is_in_the_order_of_start_then_age(store: Store, alice: Person) -> None:
    late = await task_of(store, alice, due_at=local("2026-07-16T10:00:00"))
    same = await tasks_of(store, alice, 5)
    early = await task_of(store, alice, due_at=local("2026-07-14T10:00:00"))
    none = await task_of(store, alice, due_at=None)
    expected = [early.id, *same, late.id, none.id]
    assert await listed(alice) == expected
    assert await listed(alice, sortBy="start_datetime", sortOrder="asc") == expected
    assert await listed(alice, sortOrder="ASC") == expected
    for falling in ("desc", "DESC"):
        assert await listed(alice, sortOrder=falling) == expected[::-1]


@pytest.mark.req("V1-16")
@pytest.mark.parametrize("key", ["title", "status", "priority", "end_datetime", "created_at"])
async def test_the_list_sorts_by_what_it_shows(store: Store, alice: Person, key: str) -> None:
    for number, (title, status) in enumerate(
        [
            ("banana", "no_show"),
            ("Apple", "cancelled"),
            ("éclair", "open"),
            ("Date", "skipped"),
            ("apple", "in_progress"),
        ]
    ):
        end = local(f"2026-07-15T1{(number * 3) % 5}:00:00")
        await task_of(store, alice, title, status=status, priority=(number * 2) % 5, end_at=end)
    rising = data_of(await alice.ysuite.get("/tasks", params={"sortBy": key}))["data"]
    falling = data_of(await alice.ysuite.get("/tasks", params={"sortBy": key, "sortOrder": "desc"}))["data"]
    assert falling == rising[::-1]
    assert len(rising) == 5
    if key == "title":
        assert [item["title"] for item in rising] == ["Apple", "apple", "banana", "Date", "éclair"]
    else:
        shown = [item["activity_id" if key == "created_at" else key] for item in rising]
        assert shown == sorted(shown)


@pytest.mark.req("V1-17")
@pytest.mark.parametrize(
    "key", ["description", "t.id", "id; drop table tasks", "title desc", "1", "START_DATETIME", "(select 1)"]
)
async def test_an_unknown_order_is_refused(store: Store, alice: Person, key: str) -> None:
    await task_of(store, alice)
    assert refusal_of(await alice.ysuite.get("/tasks", params={"sortBy": key}), 422).keys() == {"sortBy"}
    assert refusal_of(await alice.ysuite.get("/tasks", params={"sortOrder": key}), 422).keys() == {"sortOrder"}
    assert len(await listed(alice)) == 1


@pytest.mark.req("V1-18")
async def test_tasks_alone_are_listed_whatever_their_kind(store: Store, alice: Person) -> None:
    await contact_of(store, alice)
    await deal_of(store, alice)
    tasks = [(await task_of(store, alice, kind=kind)).id for kind in get_args(Kind)]
    page = data_of(await alice.ysuite.get("/tasks"))
    assert [item["activity_id"] for item in page["data"]] == tasks
    assert {item["activity_type"] for item in page["data"]} == {"Task"}


async def test_the_list_belongs_to_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    task, foreign = await task_of(store, alice), await task_of(store, charlie)
    assert await listed(alice) == await listed(bob) == [task.id]
    assert await listed(charlie) == [foreign.id]
    assert await listed(charlie, assigned_user_id=alice.user_id) == []


async def test_a_deleted_task_is_in_no_list(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, assignees=[alice.user_id])
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    for query in ({}, {"assigned_user_id": alice.user_id}, {"due_date_from": "2026-07-15"}, {"search": "follow"}):
        page = data_of(await alice.ysuite.get("/tasks", params=query))
        assert (page["data"], page["total_records"]) == ([], 0)


async def test_empty_and_unknown_parameters_are_passed_over(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    empty = "&".join(
        f"{name}=" for name in ("status", "priority", "search", "due_date_from", "sortBy", "pageSize")
    )
    assert ids_of(await alice.ysuite.get(f"/tasks?{empty}&colour=red")) == [task.id]


@pytest.mark.parametrize("query", ["search=%00", "search=a%00b", "%00=x"])
async def test_text_that_cannot_be_stored_is_refused(alice: Person, query: str) -> None:
    refusal_of(await alice.ysuite.get(f"/tasks?{query}"), 400)
