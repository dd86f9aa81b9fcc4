from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def schedule_task(tx: Transaction, caller: Caller, *, task_id: int, at: datetime | None) -> Task | None:
    """Schedule until that instant; without an instant, or with one in the past, the task is open.

    An ended task stays ended.
    """
    return await change_task(tx, caller, task_id, TaskChanges(scheduled_at=at))
