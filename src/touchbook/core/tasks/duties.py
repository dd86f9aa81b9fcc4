"""What a task makes due: that it opens, that it is skipped, and (by their own ids) its reminders."""

from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.tasks.holding import hold_tasks
from touchbook.core.transaction import Transaction

OPENING = "task.open"
SKIPPING = "task.skip"
REMINDING = "task.remind"


async def claim_duty(tx: Transaction, caller: Caller, kind: str, *, task_id: int, ref: int | None = None) -> bool:
    """Whether the job is to be done now; a task that is gone has nothing due any more.

    `ref` is what is due, if it is not the task itself but something of it.
    """
    ref = task_id if ref is None else ref
    if not await hold_tasks(tx, caller, [task_id]):
        await set_due(tx, caller, kind, ref=ref, at=None)
        return False
    return await claim_due(tx, caller.team_id, kind, ref=ref)
