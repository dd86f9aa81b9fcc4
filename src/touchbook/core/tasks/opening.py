"""Opens scheduled tasks, starts open ones, and reopens ended ones."""

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def open_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Open a scheduled task whose time has come, or one that was in progress."""
    return await change_task(tx, caller, task_id, TaskChanges(status="open"))


async def start_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(status="in_progress"))


async def reopen_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Clear completer and completion (M-13, M-14), and a skip time in the past, which would end the task at once.

    Conflict for the step of a sequence that its contact cannot revert to.
    """
    return await change_task(tx, caller, task_id, TaskChanges(reopen=True))
