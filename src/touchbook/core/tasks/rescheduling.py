"""Moves a task in time. Relative reminders keep their distance to the due time (design, section 7)."""

from datetime import date, datetime, timedelta

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import Due, TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def reschedule_task(
    tx: Transaction,
    caller: Caller,
    *,
    task_id: int,
    due_at: datetime | None = None,
    due_on: date | None = None,
    due_offset: timedelta | None = None,
) -> Task | None:
    """Set an instant, a day, or (neither) no due time. A day keeps its offset unless another is given."""
    return await change_task(tx, caller, task_id, TaskChanges(due=Due(due_at, due_on, due_offset)))


async def snooze_task(
    tx: Transaction, caller: Caller, *, task_id: int, until: datetime | None = None
) -> Task | None:
    """Postpone to a day after now or after the due time, whichever is later, or to `until`; a date-only task stays
    date-only.
    """
    return await change_task(tx, caller, task_id, TaskChanges(snooze=until))
