"""Computes when a task is due: its instant for a viewer, and the instant it was given with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from touchbook.core.query.days import start_of_day
from touchbook.core.tasks.task import TaskMembers


def due_instant(task: TaskMembers, zone: ZoneInfo) -> datetime | None:
    """Return when it is due for a viewer in `zone`; a date-only task is due at the start of its day."""
    if task.due_on is not None:
        return start_of_day(task.due_on, zone)
    return task.due_at


def given_instant(task: TaskMembers, zone: ZoneInfo) -> datetime | None:
    """Return the due time as it was given; for a date-only task it may lie within its day, which is a day of
    `zone`.
    """
    return instant_of(task.due_at, task.due_on, task.due_offset, zone)


def instant_of(
    due_at: datetime | None, due_on: date | None, due_offset: timedelta, zone: ZoneInfo
) -> datetime | None:
    """Compute in UTC: between two times of one zone Python counts what the clock shows, not what passes.

    A day may be shorter than the day of the offset; a day that a zone skipped has no length at all.
    """
    if due_on is None:
        return due_at and due_at.astimezone(UTC)
    start = start_of_day(due_on, zone)
    if not due_offset:
        return start
    latest = start_of_day(due_on + timedelta(days=1), zone) - timedelta.resolution
    return max(start, min(start + due_offset, latest))
