"""Tasks change by themselves when their time comes, in the order in which they were due."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_locked_tasks
from touchbook.core.tasks.scheduled_actions import OPENING, SKIPPING, claim_actions
from touchbook.core.transaction import Transaction


async def open_scheduled_tasks(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> None:
    await _change(tx, caller, OPENING, task_ids, TaskChanges(status="open"))


async def skip_neglected_tasks(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> None:
    await _change(tx, caller, SKIPPING, task_ids, TaskChanges(status="skipped"))


async def _change(
    tx: Transaction, caller: Caller, kind: str, task_ids: Sequence[int], changes: TaskChanges
) -> None:
    claimed = await claim_actions(tx, caller, kind, {task_id: task_id for task_id in task_ids})
    await change_locked_tasks(tx, caller, list(claimed.values()), changes)
