from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

_EDITABLE = frozenset(
    {"title", "description", "priority", "kind", "metadata", "end_at", "autoskip_at", "opportunity_rule"}
)


async def edit_task(tx: Transaction, caller: Caller, *, task_id: int, **members: Any) -> Task | None:
    """Writes what a task says; its state, time, people and records have verbs of their own."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    task = await lock_task(tx, caller, task_id)
    return await amend_task(tx, caller, task, "task.edited", **members)
