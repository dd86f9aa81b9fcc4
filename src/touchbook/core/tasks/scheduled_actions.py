"""Scheduled actions of a task: it opens, it is skipped, and (by their own ids) its reminders come."""

from collections.abc import Mapping

from touchbook.core.caller import Caller
from touchbook.core.due import claim_all_due
from touchbook.core.tasks.locking import lock_tasks
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

OPENING = "task.open"
SKIPPING = "task.skip"
REMINDING = "task.remind"


async def claim_actions(
    tx: Transaction, caller: Caller, kind: str, task_ids: Mapping[int, int]
) -> dict[int, Task]:
    """Return the locked tasks whose actions still have to happen, by ref in the order of `task_ids`.

    A ref is the id of what is due: the task's own, or that of a part of it. Nothing is due for a deleted task.
    """
    tasks = {task.id: task for task in await lock_tasks(tx, caller, set(task_ids.values()))}
    gone = [ref for ref, task_id in task_ids.items() if task_id not in tasks]
    claimed = await claim_all_due(tx, caller.team_id, kind, refs=task_ids, gone=gone)
    return {ref: tasks[task_id] for ref, task_id in task_ids.items() if ref in claimed}
