"""Two days begin at one instant where a zone skipped the first: no page that ends between them loses a task."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.factories import task_of
from tests.people import Person, new_person, new_team
from tests.stories.telling import told
from touchbook.core.query.days import start_of_day
from touchbook.store.postgres import Store

ZONE = "Pacific/Apia"
SKIPPED = date(2011, 12, 30)
DAY = timedelta(days=1)
START = start_of_day(SKIPPED, ZoneInfo(ZONE))


def order_of(task: Any) -> tuple[datetime, bool, date, int]:
    """By when it is due; of what is due at one instant the date-only ones come first, day by day."""
    due = start_of_day(task.due_on, ZoneInfo(ZONE)) if task.due_on else task.due_at
    return due, task.due_on is None, task.due_on or date.min, task.id


async def crowd(store: Store, server: str) -> tuple[Person, list[Any]]:
    alice = await new_person(store, server, await new_team(store, zone=ZONE), "Alice")
    dues: list[dict[str, Any]] = [
        *({"due_on": SKIPPED + number * DAY} for number in (-1, 0, 0, 0, 1, 1, 1, 2)),
        *({"due_at": START + number * timedelta(seconds=1)} for number in (-1, 0, 0, 1)),
    ]
    # The ids go against the days, and at random.
    random.Random(7).shuffle(dues)
    tasks = [await task_of(store, alice, assignees=[alice.user_id], **due) for due in dues]
    assert len({task.id for task in tasks if order_of(task)[0] == START.astimezone(UTC)}) == 8
    return alice, sorted(tasks, key=order_of)


async def walk(person: Person, content: Any, step: str) -> list[int]:
    met: list[int] = []
    while True:
        page = [each["id"] for each in content["data"]]
        met += page if step == "next" else page[::-1]
        if step not in content["links"]:
            return met
        content = told(await person.outreach.get(content["links"][step]))


@pytest.mark.parametrize("filtered", [False, True])
async def test_cursors_meet_each_task_once(store: Store, server: str, filtered: bool) -> None:
    alice, tasks = await crowd(store, server)
    ids = [task.id for task in tasks]
    query = {"filter[owner][id]": str(alice.user_id)} if filtered else {}
    for sort, expected in (("dueAt", ids), ("-dueAt", ids[::-1])):
        for size in range(1, 6):
            first = await alice.outreach.get("/tasks", params={**query, "sort": sort, "page[size]": str(size)})
            assert await walk(alice, told(first), "next") == expected
            whole = told(await alice.outreach.get("/tasks", params={**query, "sort": sort, "page[size]": "11"}))
            last = told(await alice.outreach.get(whole["links"]["next"]))
            assert await walk(alice, last, "prev") == expected[::-1]


async def test_offsets_meet_each_task_once(store: Store, server: str) -> None:
    alice, tasks = await crowd(store, server)
    for size in (1, 3, 5):
        found = []
        for offset in range(0, len(tasks), size):
            page = {"start": str(offset), "limit": str(size)}
            found += told(await alice.rechat.get("/crm/tasks/search", params=page))["data"]
        assert [each["id"] for each in found] == [str(task.uid) for task in tasks]
