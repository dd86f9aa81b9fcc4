"""Scheduled actions of a task: it opens, it is skipped, and (by their own ids) its reminders come."""

from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.tasks.locking import lock_tasks
from touchbook.core.transaction import Transaction

OPENING = "task.open"
SKIPPING = "task.skip"
REMINDING = "task.remind"


async def claim_action(
    tx: Transaction, caller: Caller, kind: str, *, task_id: int, ref: int | None = None
) -> bool:
    """Return whether the job still has to run; nothing is due for a deleted task.

    `ref` is the id of what is due, if that is a part of the task.
    """
    ref = task_id if ref is None else ref
    if not await lock_tasks(tx, caller, [task_id]):
        await set_due(tx, caller, kind, ref=ref, at=None)
        return False
    return await claim_due(tx, caller.team_id, kind, ref=ref)
