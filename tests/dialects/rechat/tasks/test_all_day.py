"""A day of the team's zone, with the instant that was sent kept."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.dialects.rechat.tasks.records import DUE, HOUR, changed, found, new_task, shown
from tests.factories import task_of
from tests.people import ZONE, Person
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.core.tasks.task import Task
from touchbook.dialects.close.ids import task_id
from touchbook.store.postgres import Store

MIDNIGHT = datetime(2025, 12, 7, tzinfo=ZoneInfo(ZONE)).timestamp()


async def stored(store: Store, person: Person, uid: str) -> Task:
    async with store.reading() as reader:
        return await find_task_by_uid(reader, person.caller, uid)  # type: ignore[arg-type]


@pytest.mark.parametrize("due", [DUE, MIDNIGHT, MIDNIGHT + 86_399.999999])
async def test_the_instant_is_kept_as_sent(store: Store, alice: Person, due: float) -> None:
    task = await new_task(alice, due_date=due, all_day=True)
    assert (task["due_date"], task["all_day"]) == (due, True)
    assert (await stored(store, alice, task["id"])).due_on == date(2025, 12, 7)
    after = await changed(alice, task, due_date=due, all_day=True, title="Other")
    assert (after["due_date"], after["all_day"]) == (due, True)


async def test_a_day_moved_elsewhere_keeps_the_time_within_it(alice: Person, store: Store) -> None:
    task = await new_task(
        alice, due_date=DUE, all_day=True, reminders=[{"is_relative": True, "timestamp": DUE - HOUR}]
    )
    close_id = task_id((await stored(store, alice, task["id"])).uid)
    answer = await alice.close.get(f"/task/{close_id}/")
    assert answer.json()["date"] == "2025-12-07"
    await alice.close.put(f"/task/{close_id}/", json={"date": "2025-12-09"})
    after = await shown(alice, task)
    assert (after["due_date"], after["all_day"]) == (DUE + 2 * 86_400, True)
    assert after["reminders"][0]["timestamp"] == DUE + 2 * 86_400 - HOUR


async def test_all_day_comes_and_goes(store: Store, alice: Person) -> None:
    task = await new_task(alice, due_date=DUE)
    after = await changed(alice, task, all_day=True)
    assert (after["due_date"], after["all_day"]) == (DUE, True)
    after = await changed(alice, task, due_date=DUE + HOUR)
    assert (after["due_date"], after["all_day"]) == (DUE + HOUR, True)
    after = await changed(alice, task, all_day=False)
    assert (after["due_date"], after["all_day"]) == (DUE + HOUR, False)
    assert (await stored(store, alice, task["id"])).due_at == datetime.fromtimestamp(DUE + HOUR, UTC)


@pytest.mark.req("RT-63", "RT-66")
async def test_it_is_found_and_sorted_by_the_instant_it_shows(alice: Person) -> None:
    timed = [await new_task(alice, due_date=DUE + hours * HOUR) for hours in (-2, 0, 1)]
    days = [await new_task(alice, due_date=DUE + hours * HOUR, all_day=True) for hours in (-1, 0.5)]
    in_order = [timed[0]["id"], days[0]["id"], timed[1]["id"], days[1]["id"], timed[2]["id"]]
    assert await found(alice, order="due_date") == in_order
    assert await found(alice, order="-due_date") == in_order[::-1]
    assert await found(alice, due_gte=DUE - HOUR, due_lte=DUE + HOUR / 2) == in_order[1:4]
    assert await found(alice, due_gte=DUE - HOUR + 0.000001, due_lte=DUE + HOUR / 2 - 0.000001) == in_order[2:3]


async def test_a_day_of_another_dialect_is_due_at_its_start(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, due_on=date(2025, 12, 7))
    after = await shown(alice, {"id": str(task.uid)})
    assert (after["due_date"], after["all_day"]) == (MIDNIGHT, True)
    after = await changed(alice, after, title="Other", due_date=MIDNIGHT, all_day=True)
    assert (await stored(store, alice, after["id"])).due_on == date(2025, 12, 7)


@pytest.mark.req("RT-63")
async def test_on_a_shorter_day_it_stays_on_its_day(store: Store, alice: Person) -> None:
    """The clocks of Chicago went forward on 8 March 2026: that day has 23 hours."""
    evening = datetime(2026, 3, 6, 23, 59, 59, tzinfo=ZoneInfo(ZONE)).timestamp()
    task = await new_task(alice, due_date=evening, all_day=True)
    path = f"/task/{task_id((await stored(store, alice, task['id'])).uid)}/"
    await alice.close.put(path, json={"date": "2026-03-08"})
    latest = datetime(2026, 3, 8, 23, 59, 59, 999_999, tzinfo=ZoneInfo(ZONE)).timestamp()
    assert (await shown(alice, task))["due_date"] == latest
    assert await found(alice, due_gte=latest, due_lte=latest) == [task["id"]]
    await alice.close.put(path, json={"date": "2026-03-09"})
    assert (await shown(alice, task))["due_date"] == evening + 3 * 86_400 - HOUR
