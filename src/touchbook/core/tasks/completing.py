"""Ending a task: completed, cancelled, nobody there, skipped. What has ended already stays as it ended."""

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
    """The other side did not show up."""
    return await change_task(tx, caller, task_id, TaskChanges(status="no_show"))


async def skip_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Nobody completed it (A-16): the completer stays empty."""
    return await change_task(tx, caller, task_id, TaskChanges(status="skipped"))
