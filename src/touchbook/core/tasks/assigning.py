from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.tasks.amending import touch_task
from touchbook.core.tasks.assignees import put_assignees
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.references import check_references
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def assign_task(tx: Transaction, caller: Caller, *, task_id: int, assignees: Sequence[int]) -> Task | None:
    """These members and no others, in this order. Who left the team may stay, and not come."""
    wished = list(dict.fromkeys(assignees))
    task = await lock_task(tx, caller, task_id)
    await check_references(tx, caller, assignees=[user for user in wished if user not in task.assignees])
    if task.assignees == wished:
        return None
    await _write_assignees(tx, caller, task_id, wished)
    await record_event(
        tx, caller, "task.assigned", subject="task", subject_id=task_id, changes={"assignees": wished}
    )
    return await touch_task(tx, caller, task_id)


async def reassign_task(tx: Transaction, caller: Caller, *, task_id: int, assignee: int | None) -> Task | None:
    """Puts another in the first one's place and keeps the rest (M-8); None removes the first alone."""
    task = await lock_task(tx, caller, task_id)
    rest = [other for other in task.assignees[1:] if other != assignee]
    return await assign_task(
        tx, caller, task_id=task_id, assignees=[*([assignee] if assignee is not None else []), *rest]
    )


async def _write_assignees(tx: Transaction, caller: Caller, task_id: int, wished: list[int]) -> None:
    await tx.execute(
        "delete from task_assignees a where a.team_id = $1 and a.task_id = $2 and not a.user_id = any($3)",
        caller.team_id,
        task_id,
        wished,
    )
    await put_assignees(tx, caller, task_id, wished)
