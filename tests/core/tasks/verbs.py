"""What a change verb is told, by the name of what it does: for one task and for many."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import Due, TaskChanges
from touchbook.core.tasks.changing import change_task, change_tasks
from touchbook.core.tasks.reminder import Reminder, RequestedReminder
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def edit_task(tx: Transaction, caller: Caller, *, task_id: int, **members: Any) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(**members))


async def set_reminders(
    tx: Transaction, caller: Caller, *, task_id: int, requested: Sequence[RequestedReminder]
) -> list[Reminder] | None:
    """All of them as they are then; None if they were just these."""
    changed = await change_task(tx, caller, task_id, TaskChanges(reminders=requested))
    return (await reminders_of(tx, caller, [task_id])).get(task_id, []) if changed else None


async def complete_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    return await change_tasks(tx, caller, task_ids, TaskChanges(status="completed"))


async def reopen_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    """Left as they ended: steps of sequences that can no longer be reopened."""
    return await change_tasks(tx, caller, task_ids, TaskChanges(reopen=True), pass_over=True)


async def reschedule_tasks(
    tx: Transaction,
    caller: Caller,
    *,
    task_ids: Sequence[int],
    due_at: datetime | None = None,
    due_on: date | None = None,
) -> int:
    return await change_tasks(tx, caller, task_ids, TaskChanges(due=Due(due_at, due_on)))


async def reassign_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int], assignee: int | None) -> int:
    return await change_tasks(tx, caller, task_ids, TaskChanges(assignee=assignee))
