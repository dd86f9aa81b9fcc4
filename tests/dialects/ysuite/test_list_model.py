"""Filter, order and page of random tasks, through HTTP, against a model in plain Python."""

import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dialects.ysuite.wire import data_of
from tests.people import Person, new_person, new_team
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.task import Status, Task
from touchbook.store.postgres import Store

# Each with days on which its clocks change; Havana and the Azores put them back to midnight, Cairo on from it.
CHANGES = {
    "America/Chicago": (date(2026, 3, 8), date(2026, 11, 1)),
    "America/Havana": (date(2026, 3, 8), date(2026, 11, 1)),
    "Atlantic/Azores": (date(2026, 3, 29), date(2026, 10, 25)),
    "Africa/Cairo": (date(2026, 4, 24), date(2026, 10, 30)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Kolkata": (date(2026, 7, 15),),
}
NUMBERS = {"scheduled": 0, "open": 0, "in_progress": 1, "completed": 2, "cancelled": 3, "skipped": 3, "no_show": 4}
LIFE = ["scheduled", "open", "in_progress", "completed", "cancelled", "skipped", "no_show"]
TITLES = ["call Ann", "Call ann", "Éclair", "eclair", "zebra", "50% off_", None]


def _near(day: date) -> st.SearchStrategy[datetime]:
    """Instants around the midnights of that day, in any zone."""
    noon = datetime.combine(day, time(12), UTC)
    return st.integers(-144, 144).map(lambda quarters: noon + timedelta(minutes=15 * quarters))


@st.composite
def _scenes(draw: st.DrawFn) -> tuple[str, list[dict[str, Any]], list[dict[str, Any]]]:
    """A zone, tasks (assignees as numbers 0 and 1), and queries."""
    zone = draw(st.sampled_from(sorted(CHANGES)))
    day = draw(st.sampled_from(CHANGES[zone]))
    days = st.integers(-2, 2).map(lambda shift: day + timedelta(days=shift))
    tasks = st.fixed_dictionaries(
        {
            "title": st.sampled_from(TITLES),
            "status": st.sampled_from(get_args(Status)),
            "priority": st.integers(0, 4),
            "assignees": st.lists(st.integers(0, 1), unique=True),
            "end_at": st.none() | _near(day),
        }
    )
    due: st.SearchStrategy[dict[str, Any]] = st.one_of(
        _near(day).map(lambda at: {"due_at": at}), days.map(lambda on: {"due_on": on}), st.just({})
    )
    queries = st.fixed_dictionaries(
        {
            "sortBy": st.sampled_from(
                ["start_datetime", "end_datetime", "title", "status", "priority", "created_at"]
            ),
            "sortOrder": st.sampled_from(["asc", "desc"]),
            "pageSize": st.integers(1, 6),
        },
        optional={
            "status": st.integers(0, 4),
            "priority": st.integers(0, 4),
            "assigned_user_id": st.integers(0, 1),
            "due_date_from": days,
            "due_date_to": days,
            "search": st.sampled_from(["CALL", "ecl", "é", "%", "todo", ""]),
        },
    )
    wanted = st.lists(st.builds(lambda task, when: task | when, tasks, due), max_size=12)
    return zone, draw(wanted), draw(st.lists(queries, min_size=1, max_size=4))


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in plain if not unicodedata.combining(mark))


def _start(task: Task, zone: ZoneInfo) -> datetime | None:
    if task.due_on is None:
        return task.due_at
    return datetime.combine(task.due_on, time(), zone).astimezone(UTC)


def _day(task: Task, zone: ZoneInfo) -> date | None:
    return task.due_on or (task.due_at.astimezone(zone).date() if task.due_at else None)


def _nothing_last(value: Any) -> tuple[bool, Any]:
    return value is None, 0 if value is None else value


def _key(name: str, zone: ZoneInfo) -> Callable[[Task], Any]:
    keys: dict[str, Callable[[Task], Any]] = {
        "start_datetime": lambda task: (*_nothing_last(_start(task, zone)), task.due_on is None),
        "end_datetime": lambda task: _nothing_last(task.end_at),
        "title": lambda task: _fold(task.title or "Todo"),
        "status": lambda task: LIFE.index(task.status),
        "priority": lambda task: task.priority,
        "created_at": lambda task: task.created_at,
    }
    return lambda task: (keys[name](task), task.id)


def _matches(task: Task, query: dict[str, Any], zone: ZoneInfo) -> bool:
    day = _day(task, zone)
    return all(
        (
            query.get("status") in (None, NUMBERS[task.status]),
            query.get("priority") in (None, task.priority),
            query.get("assigned_user_id") in (None, *task.assignees[:1]),
            "due_date_from" not in query or (day is not None and day >= query["due_date_from"]),
            "due_date_to" not in query or (day is not None and day <= query["due_date_to"]),
            _fold(query.get("search", "")) in _fold(task.title or "Todo"),
        )
    )


def _expected(tasks: list[Task], query: dict[str, Any], zone: ZoneInfo) -> list[int]:
    found = [task for task in tasks if _matches(task, query, zone)]
    found.sort(key=_key(query["sortBy"], zone), reverse=query["sortOrder"] == "desc")
    return [task.id for task in found]


async def _all_pages(person: Person, query: dict[str, Any]) -> tuple[int, list[int]]:
    """As clients do: while `pageIndex` is below `total_pages`."""
    ids: list[int] = []
    index, pages, total = 0, 1, 0
    while index < pages:
        page = data_of(await person.ysuite.get("/tasks", params={**query, "pageIndex": index}))
        pages, total = page["total_pages"], page["total_records"]
        ids += [item["activity_id"] for item in page["data"]]
        assert len(page["data"]) == min(query["pageSize"], max(0, total - index * query["pageSize"]))
        index += 1
    return total, ids


@pytest.mark.req("V1-07", "V1-09", "V1-10", "V1-11", "V1-12", "V1-13", "V1-14", "V1-16")
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scene=_scenes())
async def test_lists_are_those_of_the_model(
    store: Store, server: str, scene: tuple[str, list[dict[str, Any]], list[dict[str, Any]]]
) -> None:
    zone, wanted, queries = scene
    team = await new_team(store, zone=zone)
    people = [await new_person(store, server, team, name) for name in ("Alice", "Bob")]
    numbers = [person.user_id for person in people]
    async with store.transaction() as tx:
        tasks = [
            await create_task(
                tx, people[0].caller, NewTask(**task | {"assignees": [numbers[n] for n in task["assignees"]]})
            )
            for task in wanted
        ]
    for query in queries:
        if "assigned_user_id" in query:
            query = query | {"assigned_user_id": numbers[query["assigned_user_id"]]}
        expected = _expected(tasks, query, ZoneInfo(zone))
        assert await _all_pages(people[0], query) == (len(expected), expected)
