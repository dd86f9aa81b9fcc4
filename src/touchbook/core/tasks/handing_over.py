from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_tasks
from touchbook.core.transaction import Transaction


async def hand_over_tasks(tx: Transaction, caller: Caller, *, giver: int, receiver: int) -> int:
    """Give the open tasks of one member to another, in the same position among the assignees. Return how many."""
    rows = await tx.fetch(
        """select a.task_id from task_assignees a
        where a.team_id = $1 and a.user_id = $2 and a.open and not a.deleted""",
        caller.team_id,
        giver,
    )
    said = TaskChanges(handed_over=(giver, receiver))
    return await change_tasks(tx, caller, [row["task_id"] for row in rows], said)
