from msgspec import UNSET

from touchbook.core.caller import Caller
from touchbook.core.enrolments.advancing import finish_step
from touchbook.core.enrolments.state import Outcome
from touchbook.core.errors import Conflict
from touchbook.core.sequences.step import STEP_ORIGINS
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_locked_task
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def complete_step(
    tx: Transaction, caller: Caller, *, task_id: int, outcome: Outcome | None, note: str | None = None
) -> Task | None:
    """Complete any task, with a note.

    An `outcome` also finishes the sequence that the step belongs to. A task that has ended stays as it is, its
    note too.
    """
    task = await lock_task(tx, caller, task_id)
    if not task.is_open:
        return None
    if outcome is not None:
        await finish_step(tx, caller, task_id=task_id, outcome=outcome)
    said = TaskChanges(status="completed", description=UNSET if note is None else note)
    await change_locked_task(tx, caller, task, said)
    return await find_task(tx, caller, task_id)


async def advance_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Complete the task of a step, which advances its contact (OU-30, OU-33); Conflict for any other
    task (OU-32).
    """
    task = await lock_task(tx, caller, task_id)
    if task.origin not in STEP_ORIGINS:
        raise Conflict(f"Only the task of a sequence's step can be advanced; this one is of type {task.origin}.")
    return await complete_task(tx, caller, task_id=task_id)
