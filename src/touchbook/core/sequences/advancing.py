from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict
from touchbook.core.sequences.step import STEP_ORIGINS
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def advance_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Completes a step's task, by which its contact moves on (OU-30, OU-33); Conflict for any other (OU-32)."""
    task = await lock_task(tx, caller, task_id)
    if task.origin not in STEP_ORIGINS:
        raise Conflict(f"Only the task of a sequence's step can be advanced; this one is of type {task.origin}.")
    return await complete_task(tx, caller, task_id=task_id)
