"""A scheduled task opens, an open one is taken in hand, an ended one is opened again."""

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def open_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """A scheduled task's time has come; the verb also puts back what was in progress."""
    return await change_task(tx, caller, task_id, TaskChanges(status="open"))


async def start_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    return await change_task(tx, caller, task_id, TaskChanges(status="in_progress"))


async def reopen_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Clears completer and completion (M-13, M-14), and a skip time that has passed: it would end it at once.

    Conflict for the step of a sequence that its contact cannot come back to.
    """
    return await change_task(tx, caller, task_id, TaskChanges(reopen=True))
