"""Ending a task: completed, cancelled, nobody there, skipped. What has ended already stays as it ended.

Whichever way a step of a sequence ends, its contact moves on.
"""

from touchbook.core.activities.recording import record_completions
from touchbook.core.caller import Caller
from touchbook.core.sequences.holding import withdraw_mailings
from touchbook.core.sequences.moving import move_on
from touchbook.core.sequences.state import Outcome
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Status, Task
from touchbook.core.transaction import Transaction


async def complete_task(
    tx: Transaction, caller: Caller, *, task_id: int, outcome: Outcome | None = None
) -> Task | None:
    """A call, a message or a meeting is thereby recorded with its contacts (2.5.15).

    With an `outcome` the sequence whose step it was is finished.
    """
    task = await _end(tx, caller, task_id, "completed", by=caller.user_id, outcome=outcome)
    if task:
        await record_completions(tx, caller, task_ids=[task_id])
    return task


async def cancel_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    return await _end(tx, caller, task_id, "cancelled", by=caller.user_id)


async def miss_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """The other side did not show up."""
    return await _end(tx, caller, task_id, "no_show", by=caller.user_id)


async def skip_task(tx: Transaction, caller: Caller, *, task_id: int) -> Task | None:
    """Nobody completed it (A-16): the completer stays empty."""
    return await _end(tx, caller, task_id, "skipped", by=None)


async def _end(
    tx: Transaction,
    caller: Caller,
    task_id: int,
    status: Status,
    *,
    by: int | None,
    outcome: Outcome | None = None,
) -> Task | None:
    task = await lock_task(tx, caller, task_id)
    if not task.is_open:
        return None
    ended = await amend_task(
        tx, caller, task, f"task.{status}", status=status, completed_at=tx.now, completed_by=by
    )
    if task.mailing_id is not None and status != "completed":
        await withdraw_mailings(tx, caller, [task_id])
    if task.sequence_state_id is not None:
        await move_on(tx, caller, task_ids=[task_id], outcome=outcome)
    return ended
