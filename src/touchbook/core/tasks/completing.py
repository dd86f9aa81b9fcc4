"""Ends tasks: completed, cancelled, no-show, skipped. A task that has ended keeps its status."""

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def complete_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(status="completed"))


async def cancel_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(status="cancelled"))


async def miss_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Mark the task as a no-show: the other side did not appear."""
    return await change_task(tx, caller, task_id, TaskChanges(status="no_show"))


async def skip_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Skip the task. The completer stays empty, since nobody completed it (A-16)."""
    return await change_task(tx, caller, task_id, TaskChanges(status="skipped"))
