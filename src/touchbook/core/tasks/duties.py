"""What a task makes due: its opening and its skipping, and (by their own ids) its reminders."""

from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.errors import NotFound
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

OPENING = "task.open"
SKIPPING = "task.skip"
REMINDING = "task.remind"


async def keep_duties(tx: Transaction, caller: Caller, task: Task, *, new: bool = False) -> None:
    """Sets or calls off what the task as it now stands makes due; a new task has nothing to call off."""
    opens_at = task.scheduled_at if task.status == "scheduled" else None
    skips_at = task.autoskip_at if task.is_open else None
    if opens_at or not new:
        await set_due(tx, caller, OPENING, ref=task.id, at=opens_at)
    if skips_at or not new:
        await set_due(tx, caller, SKIPPING, ref=task.id, at=skips_at)


async def claim_duty(tx: Transaction, caller: Caller, kind: str, *, task_id: int, ref: int | None = None) -> bool:
    """Whether the job is to be done now; a task that is gone has nothing due any more.

    `ref` is what is due, if it is not the task itself but something of it.
    """
    ref = task_id if ref is None else ref
    try:
        await lock_task(tx, caller, task_id)
    except NotFound:
        await set_due(tx, caller, kind, ref=ref, at=None)
        return False
    return await claim_due(tx, caller.team_id, kind, ref=ref)
