"""Moving a task in time. Relative reminders keep their distance to the due time (design, section 7)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from touchbook.core.caller import Caller
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.reminding import distance, shift_reminders
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

_SNOOZE = timedelta(days=1)


def due_instant(task: Task, zone: ZoneInfo) -> datetime | None:
    """When it is due for a viewer in `zone`: a date-only task at the start of its day."""
    if task.due_on is not None:
        return day_start(task.due_on, zone)
    return task.due_at


def given_instant(task: Task, zone: ZoneInfo) -> datetime | None:
    """The due time as it was given; of a date-only task it may lie within its day, which is one of `zone`."""
    return instant_of(task.due_at, task.due_on, task.due_offset, zone)


def instant_of(
    due_at: datetime | None, due_on: date | None, due_offset: timedelta, zone: ZoneInfo
) -> datetime | None:
    """In UTC: between two times of one zone Python counts what the clock shows, not what passes. A day may be
    shorter than the one of which the offset was taken; one that a zone skipped has no length at all.
    """
    if due_on is None:
        return due_at and due_at.astimezone(UTC)
    start = day_start(due_on, zone).astimezone(UTC)
    latest = day_start(due_on + timedelta(days=1), zone).astimezone(UTC) - timedelta.resolution
    return max(start, min(start + due_offset, latest))


def day_start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


async def reschedule_task(
    tx: Transaction,
    caller: Caller,
    *,
    task_id: int,
    due_at: datetime | None = None,
    due_on: date | None = None,
    due_offset: timedelta | None = None,
) -> Task | None:
    """Due at an instant, on a day, or (neither) without a time. A day keeps its offset unless another is given."""
    task = await lock_task(tx, caller, task_id)
    return await _move(tx, caller, task, "task.rescheduled", due_at=due_at, due_on=due_on, due_offset=due_offset)


async def snooze_task(
    tx: Transaction, caller: Caller, *, task_id: int, until: datetime | None = None
) -> Task | None:
    """A day after now or after the due time, whichever is later, or until then; a date-only task stays one."""
    task = await lock_task(tx, caller, task_id)
    if not task.is_open:
        return None
    if until is not None:
        return await _move(tx, caller, task, "task.snoozed", due_at=until, due_on=None)
    if task.due_on is not None:
        today = tx.now.astimezone(caller.zone).date()
        return await _move(tx, caller, task, "task.snoozed", due_at=None, due_on=max(today, task.due_on) + _SNOOZE)
    due_at = max(tx.now, task.due_at or tx.now) + _SNOOZE
    return await _move(tx, caller, task, "task.snoozed", due_at=due_at, due_on=None)


async def _move(
    tx: Transaction,
    caller: Caller,
    task: Task,
    event: str,
    *,
    due_at: datetime | None,
    due_on: date | None,
    due_offset: timedelta | None = None,
) -> Task | None:
    if due_offset is None:
        due_offset = task.due_offset if due_on else timedelta()
    moved = await amend_task(tx, caller, task, event, due_at=due_at, due_on=due_on, due_offset=due_offset)
    if moved is not None:
        moves = distance(given_instant(task, caller.team_zone), given_instant(moved, caller.team_zone))
        await shift_reminders(tx, caller, {task.id: moves})
    return moved
