from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.tasks.amending_many import hold_tasks
from touchbook.core.tasks.assigning import assign_task
from touchbook.core.tasks.bulk import reassign_tasks
from touchbook.core.tasks.queries import find_task
from touchbook.core.transaction import Reader, Transaction


async def hand_over_tasks(tx: Transaction, caller: Caller, *, giver: int, receiver: int) -> int:
    """Gives the open tasks of one member to another, in the same place among the assignees; answers how many.

    Tasks that the giver has first change in a fixed number of statements, the others one by one.
    """
    held = await hold_tasks(tx, caller, list(await _places(tx, caller, giver)))
    places = await _places(tx, caller, giver, among=held)
    await reassign_tasks(
        tx, caller, task_ids=[task for task, place in places.items() if place == 0], assignee=receiver
    )
    for task_id in (task for task, place in places.items() if place > 0):
        task = await find_task(tx, caller, task_id)
        wished = [receiver if user == giver else user for user in task.assignees]
        await assign_task(tx, caller, task_id=task_id, assignees=wished)
    return len(places)


async def _places(
    reader: Reader, caller: Caller, user_id: int, *, among: Sequence[int] | None = None
) -> dict[int, int]:
    """The ids of a person's open tasks, each with the person's place among its assignees, from 0."""
    rows = await reader.fetch(
        """select a.task_id, a.position from task_assignees a
        where a.team_id = $1 and a.user_id = $2 and a.open and not a.deleted
        and ($3::bigint[] is null or a.task_id = any($3)) order by a.task_id""",
        caller.team_id,
        user_id,
        among,
    )
    return {row["task_id"]: row["position"] for row in rows}
