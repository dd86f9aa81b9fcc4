from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Status, Task
from touchbook.core.transaction import Transaction


async def schedule_task(tx: Transaction, caller: Caller, *, task_id: int, at: datetime | None) -> Task | None:
    """It waits until then; without an instant, or with one that has come, it is open. What has ended stays so."""
    task = await lock_task(tx, caller, task_id)
    return await amend_task(
        tx, caller, task, "task.scheduled", scheduled_at=at, status=_status(task, at is not None and at > tx.now)
    )


def _status(task: Task, waits: bool) -> Status:
    if not task.is_open:
        return task.status
    if waits:
        return "scheduled"
    return "open" if task.status == "scheduled" else task.status
