from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def assign_task(tx: Transaction, caller: Caller, *, task_id: int, assignees: Sequence[int]) -> Task | None:
    """Replace all assignees, in this order. A member who left the team may stay, but not be added."""
    return await change_task(tx, caller, task_id, TaskChanges(assignees=assignees))


async def reassign_task(tx: Transaction, caller: Caller, *, task_id: int, assignee: int | None) -> Task | None:
    """Replace the first assignee and keep the rest (M-8); None removes the first alone."""
    return await change_task(tx, caller, task_id, TaskChanges(assignee=assignee))
