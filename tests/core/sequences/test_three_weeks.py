"""Three weeks of a sequence in Chicago, where clocks go forward on the 8th of March 2026 at two in the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tests.core.sequences.records import (
    DAY,
    HOUR,
    Clock,
    do,
    enroll,
    open_task_of,
    sequence_of,
    state_now,
    tasks_of,
)
from tests.core.sequences.test_walks import work_off
from tests.people import Person
from touchbook.core.enrolments.completing import advance_task
from touchbook.store.postgres import Store

CHICAGO = ZoneInfo("America/Chicago")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=CHICAGO)


async def test_nine_o_clock_stays_nine_o_clock(store: Store, alice: Person) -> None:
    """Days are days of the calendar, hours are hours; who does nothing is skipped past."""
    clock = Clock(store, at(2, 9))
    made = await sequence_of(
        clock.store,
        alice,
        "call",
        ("email", 3 * DAY),
        ("sms", 4 * DAY),
        ("linkedin_send_message", 20 * HOUR),
        ("task", 7 * DAY + 2 * HOUR),
        autoskip_after=5 * DAY,
    )
    state = await enroll(clock.store, alice, made)
    days: list[tuple[str, datetime]] = []

    async def do_at(now: datetime) -> None:
        clock.now = now
        await work_off(clock, alice)
        task = await open_task_of(store, alice, state)
        assert task.status == "open"
        assert task.scheduled_at is None or task.scheduled_at <= now
        days.append((task.origin.removeprefix("sequence_step_"), task.due_at or now))
        await do(clock.store, alice, advance_task, task_id=task.id)

    await do_at(at(2, 9))
    await do_at(at(5, 9))
    clock.now = at(9, 8, 59)
    await work_off(clock, alice)
    assert (await open_task_of(store, alice, state)).status == "scheduled"
    await do_at(at(9, 9))
    clock.now = at(14, 5)
    await work_off(clock, alice)
    assert (await open_task_of(store, alice, state)).origin == "sequence_step_linkedin_send_message"
    clock.now = at(15, 5)
    await work_off(clock, alice)
    skipped = (await tasks_of(store, alice, state))[3]
    assert (skipped.status, skipped.due_at, skipped.completed_by) == ("skipped", at(10, 5), None)
    await do_at(at(22, 8))
    assert days == [("call", at(2, 9)), ("email", at(5, 9)), ("sms", at(9, 9)), ("task", at(22, 7))]
    finished = await state_now(store, alice, state)
    assert (finished.state, finished.finish_reason) == ("finished", "completed")


async def test_hours_are_hours_when_clocks_change(store: Store, alice: Person) -> None:
    clock = Clock(store, at(7, 20))
    made = await sequence_of(clock.store, alice, "call", ("email", 12 * HOUR), ("sms", DAY + 12 * HOUR))
    state = await enroll(clock.store, alice, made)
    await do(clock.store, alice, advance_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).due_at == at(8, 9)
    clock.now = at(7, 21)
    await do(clock.store, alice, advance_task, task_id=(await open_task_of(store, alice, state)).id)
    assert (await open_task_of(store, alice, state)).due_at == at(9, 9)
