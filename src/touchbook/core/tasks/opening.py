"""A scheduled task opens, an open one is taken in hand, an ended one is opened again."""

from touchbook.core.activities.recording import withdraw_completions
from touchbook.core.caller import Caller
from touchbook.core.sequences.reopening import come_back
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def open_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """What its scheduled time does; also puts back what was in progress."""
    task = await lock_task(tx, caller, task_id)
    if not task.is_open:
        return None
    return await amend_task(tx, caller, task, "task.opened", status="open")


async def start_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    task = await lock_task(tx, caller, task_id)
    if not task.is_open:
        return None
    return await amend_task(tx, caller, task, "task.started", status="in_progress")


async def reopen_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Clears completer and completion (M-13, M-14), and a skip time that has passed: it would end it at once.

    Conflict for the step of a sequence that its contact cannot come back to.
    """
    task = await lock_task(tx, caller, task_id)
    if task.is_open:
        return None
    await come_back(tx, caller, task)
    await withdraw_completions(tx, caller, task_ids=[task_id])
    return await amend_task(
        tx,
        caller,
        task,
        "task.reopened",
        status="open",
        completed_at=None,
        completed_by=None,
        autoskip_at=task.autoskip_at if task.autoskip_at and task.autoskip_at > tx.now else None,
    )
