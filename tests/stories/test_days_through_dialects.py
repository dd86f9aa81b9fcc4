"""A day begins at one instant in every dialect, and a task is found and sorted by the time that it shows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.core.query.zones import EVERY, some_changes
from tests.factories import contact_of, task_of
from tests.people import Person, new_person, new_team
from tests.stories.telling import Close, told
from touchbook.core.query.days import FIRST_DAY, LAST_DAY, start_of_day
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

DAYS = [
    ("America/Nuuk", date(2026, 3, 29)), ("America/Nuuk", date(2026, 10, 25)),
    ("America/Scoresbysund", date(2026, 3, 29)), ("America/Scoresbysund", date(2026, 10, 25)),
    ("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Apia", date(2011, 12, 31)),
    ("Africa/Casablanca", date(2027, 2, 8)), ("Africa/Casablanca", date(2027, 3, 14)),
    ("Asia/Beirut", date(2026, 3, 29)), ("America/Havana", date(2026, 11, 1)),
    ("Asia/Tokyo", FIRST_DAY), ("Asia/Tokyo", LAST_DAY),
    ("America/Los_Angeles", FIRST_DAY), ("America/Los_Angeles", LAST_DAY),
]  # fmt: skip
EDGES = [(zone, day) for zone, day in DAYS if day in (FIRST_DAY, LAST_DAY)]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def alice_in(store: Store, server: str, zone: str) -> Person:
    return await new_person(store, server, await new_team(store, zone=zone), "Alice")


async def outreach_due(person: Person, task: Task) -> str:
    due: str = told(await person.outreach.get(f"/tasks/{task.id}"))["data"]["attributes"]["dueAt"]
    return due


async def outreach_ids(person: Person, **query: str) -> list[int]:
    return [each["id"] for each in told(await person.outreach.get("/tasks", params=query))["data"]]


@pytest.mark.parametrize(("zone", "day"), DAYS)
async def test_every_dialect_begins_a_day_at_the_same_instant(
    store: Store, server: str, zone: str, day: date
) -> None:
    await check_start(await alice_in(store, server, zone), store, zone, day)


async def check_start(alice: Person, store: Store, zone: str, day: date) -> None:
    task = await task_of(store, alice, due_on=day, assignees=[alice.user_id])
    start = start_of_day(day, ZoneInfo(zone))
    assert datetime.fromisoformat(await outreach_due(alice, task)) == start
    rechat = told(await alice.rechat.get(f"/crm/tasks/{task.uid}"))["data"]
    assert (rechat["due_date"], rechat["all_day"]) == (start.timestamp(), True)
    assert told(await alice.close.get(f"/task/{Close().id_of(task)}/"))["date"] == day.isoformat()
    shown = told(await alice.ysuite.get(f"/tasks/{task.id}"))["data"]["start_datetime"]
    assert shown == f"{day.isoformat()}T00:00:00"


@pytest.mark.parametrize(("zone", "day"), DAYS)
async def test_a_task_is_found_by_the_time_that_it_shows(store: Store, server: str, zone: str, day: date) -> None:
    await check_found(await alice_in(store, server, zone), store, zone, day)


async def check_found(alice: Person, store: Store, zone: str, day: date) -> None:
    task = await task_of(store, alice, due_on=day, assignees=[alice.user_id])
    due = await outreach_due(alice, task)
    for query in ({}, {"filter[owner][id]": str(alice.user_id)}, {"sort": "state,dueAt"}, {"sort": "-dueAt"}):
        assert await outreach_ids(alice, **{"filter[dueAt]": due, **query}) == [task.id]
        assert await outreach_ids(alice, **{"filter[dueAt]": f"{due}..{due}", **query}) == [task.id]
    seconds = str(datetime.fromisoformat(due).timestamp())
    if day.year < 5000:
        listed = await alice.rechat.get("/crm/tasks", params={"due_gte": seconds, "due_lte": seconds})
        assert [each["id"] for each in told(listed)["data"]] == [str(task.uid)]
    for name in ("date", "date__lte", "date__gte"):
        for text in (day.isoformat(), *([] if (zone, day) in EDGES else [due])):
            listed = await alice.close.get("/task/", params={name: text}, headers=_seen_from(zone, day))
            assert [each["id"] for each in told(listed)["data"]] == [Close().id_of(task)]
    for name in ("due_date_from", "due_date_to"):
        listed = await alice.ysuite.get("/tasks", params={name: day.isoformat()})
        assert [each["activity_id"] for each in told(listed)["data"]["data"]] == [task.id]


@pytest.mark.parametrize(("zone", "day"), [each for each in DAYS if each not in EDGES])
async def test_a_day_stands_among_times_where_it_begins(store: Store, server: str, zone: str, day: date) -> None:
    """A minute before it, at its start and after: by offset in its place, by cursor page after page."""
    await check_place(await alice_in(store, server, zone), store, zone, day)


async def check_place(alice: Person, store: Store, zone: str, day: date) -> None:
    start = start_of_day(day, ZoneInfo(zone))
    dated = await task_of(store, alice, due_on=day, assignees=[alice.user_id])
    before, same, after = [
        await task_of(store, alice, due_at=start + number * MINUTE, assignees=[alice.user_id])
        for number in (-1, 0, 1)
    ]
    order = [task.id for task in (before, dated, same, after)]
    listed = told(await alice.ysuite.get("/tasks", params={"sortBy": "start_datetime"}))["data"]["data"]
    assert [each["activity_id"] for each in listed] == order
    listed = told(await alice.close.get("/task/", headers=_seen_from(zone, day)))["data"]
    assert [each["id"] for each in listed] == [Close().id_of(task) for task in (before, dated, same, after)]
    for query in ({}, {"filter[owner][id]": str(alice.user_id)}):
        assert await _walked(alice, {"sort": "dueAt", **query}) == order
        assert await _walked(alice, {"sort": "-dueAt", **query}) == [after.id, same.id, dated.id, before.id]


@pytest.mark.long
@pytest.mark.parametrize("zone", EVERY)
async def test_a_day_on_which_clocks_change_through_every_dialect(store: Store, server: str, zone: str) -> None:
    """One by chance in each zone there is, at an offset of whole minutes, which is what Close can be told."""
    day = next(
        day for day in some_changes(ZoneInfo(zone), 50) if not start_of_day(day, ZoneInfo(zone)).timestamp() % 60
    )
    for check in (check_start, check_found):
        await check(await alice_in(store, server, zone), store, zone, day)


def _seen_from(zone: str, day: date) -> dict[str, str]:
    """The offset of a viewer whose day begins then."""
    hours = (datetime(day.year, day.month, day.day, tzinfo=UTC) - start_of_day(day, ZoneInfo(zone))) / HOUR
    return {"x-tz-offset": str(round(hours, 4))}


async def _walked(person: Person, query: dict[str, str]) -> list[int]:
    """Page by page, with one task each."""
    found: list[int] = []
    answer = told(await person.outreach.get("/tasks", params={"page[size]": "1", **query}))
    while True:
        found += [each["id"] for each in answer["data"]]
        if "next" not in answer["links"]:
            return found
        answer = told(await person.outreach.get(answer["links"]["next"]))


async def _close(person: Person, task: Task, instant: datetime) -> int:
    sent = {"date": instant.isoformat()}
    return (await person.close.put(f"/task/{Close().id_of(task)}/", json=sent)).status_code


async def _outreach(person: Person, task: Task, instant: datetime) -> int:
    attributes = {"dueAt": instant.isoformat().replace("+00:00", "Z")}
    sent = {"data": {"type": "task", "id": task.id, "attributes": attributes}}
    return (await person.outreach.patch(f"/tasks/{task.id}", json=sent)).status_code


async def _rechat(person: Person, task: Task, instant: datetime) -> int:
    """Far in the future by milliseconds, which seconds look like."""
    whole = told(await person.rechat.get(f"/crm/tasks/{task.uid}"))["data"]
    seconds = instant.timestamp()
    due = seconds if abs(seconds) <= 1e11 else seconds * 1000
    sent = {name: whole[name] for name in ("title", "task_type", "status")} | {"due_date": due}
    return (await person.rechat.put(f"/crm/tasks/{task.uid}", json=sent)).status_code


Write = Callable[[Person, Task, datetime], Awaitable[int]]


@pytest.mark.parametrize("write", [_close, _outreach, _rechat])
@pytest.mark.parametrize(("zone", "day"), EDGES)
async def test_the_bound_of_dates_is_one(store: Store, server: str, zone: str, day: date, write: Write) -> None:
    """The outermost day of the team's zone is taken to its last instant, the next one refused."""
    alice = await alice_in(store, server, zone)
    task = await task_of(store, alice, contact_id=(await contact_of(store, alice)).id)
    first = start_of_day(day, ZoneInfo(zone))
    last = start_of_day(day + timedelta(days=1), ZoneInfo(zone)) - timedelta(seconds=1)
    for instant in (first, last):
        assert await write(alice, task, instant) == 200
        due = await outreach_due(alice, task)
        assert datetime.fromisoformat(due) == instant
        assert await _outreach(alice, task, instant) == 200
        local = instant.astimezone(ZoneInfo(zone)).isoformat()[:19]
        assert told(await alice.ysuite.get(f"/tasks/{task.id}"))["data"]["start_datetime"] == local
    beyond = first - timedelta(seconds=1) if day == FIRST_DAY else last + timedelta(seconds=1)
    assert await write(alice, task, beyond) in (400, 422)
    assert datetime.fromisoformat(await outreach_due(alice, task)) == last


@pytest.mark.parametrize("day", [FIRST_DAY, LAST_DAY])
async def test_ysuite_takes_the_outermost_days(alice: Person, store: Store, day: date) -> None:
    contact = await contact_of(store, alice)
    sent: Any = {"title": "Call", "cstid": contact.id, "start_datetime": f"{day.isoformat()}T12:00:00"}
    told(await alice.ysuite.post("/tasks", json=sent))
    beyond = day - timedelta(days=1) if day == FIRST_DAY else day + timedelta(days=1)
    answer = await alice.ysuite.post("/tasks", json={**sent, "start_datetime": f"{beyond.isoformat()}T12:00:00"})
    assert answer.status_code == 422
    assert "from 0001-01-02 to 9999-12-30" in answer.text


async def test_days_that_begin_together_follow_each_other(store: Store, server: str) -> None:
    """In Apia the thirtieth was left out; its tasks come before those of the day after, on whichever page."""
    alice = await alice_in(store, server, "Pacific/Apia")
    days = [date(2011, 12, day) for day in (31, 30, 31, 30)]
    late, early, later, earlier = [await task_of(store, alice, due_on=day) for day in days]
    for way, order in (("asc", [early, earlier, late, later]), ("desc", [later, late, earlier, early])):
        found = []
        for number in range(4):
            query = {"sortBy": "start_datetime", "sortOrder": way, "pageSize": "1", "pageIndex": str(number)}
            [item] = told(await alice.ysuite.get("/tasks", params=query))["data"]["data"]
            found.append(item["activity_id"])
        assert found == [task.id for task in order]
