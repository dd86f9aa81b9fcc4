from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def assign_task(tx: Transaction, caller: Caller, *, task_id: int, assignees: Sequence[int]) -> Task | None:
    """These members and no others, in this order. Who left the team may stay, and not come."""
    return await change_task(tx, caller, task_id, TaskChanges(assignees=assignees))


async def reassign_task(tx: Transaction, caller: Caller, *, task_id: int, assignee: int | None) -> Task | None:
    """Puts another in the first one's place and keeps the rest (M-8); None removes the first alone."""
    return await change_task(tx, caller, task_id, TaskChanges(assignee=assignee))
