from touchbook.core.caller import Caller
from touchbook.core.due import set_due
from touchbook.core.errors import NotFound
from touchbook.core.events import record_event
from touchbook.core.tasks.duties import OPENING, SKIPPING
from touchbook.core.transaction import Transaction


async def delete_task(tx: Transaction, caller: Caller, *, task_id: int) -> None:
    """Gone from every list and dialect, kept in the store (7.1.6). NotFound if it is gone already."""
    deleted = await tx.execute(
        """update tasks t set deleted_at = $3, updated_at = $3, updated_by = $4
        where t.team_id = $1 and t.id = $2 and t.deleted_at is null""",
        caller.team_id,
        task_id,
        tx.tick(),
        caller.user_id,
    )
    if not deleted:
        raise NotFound("task", task_id)
    await tx.execute(
        "update task_assignees a set deleted = true where a.team_id = $1 and a.task_id = $2",
        caller.team_id,
        task_id,
    )
    for kind in (OPENING, SKIPPING):
        await set_due(tx, caller, kind, ref=task_id, at=None)
    await record_event(tx, caller, "task.deleted", subject="task", subject_id=task_id, changes={})
