"""Users are notified when the instant of a reminder comes."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.due import set_due
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.scheduled_actions import REMINDING, claim_action
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Reader, Row, Transaction


async def remind_people(tx: Transaction, caller: Caller, ref: int) -> None:
    """Notify once for each instant of reminder `ref`; a task that has ended notifies nobody."""
    reminder = await _find(tx, caller, ref)
    if reminder is None:
        await set_due(tx, caller, REMINDING, ref=ref, at=None)
        return
    if not await claim_action(tx, caller, REMINDING, task_id=reminder["task_id"], ref=ref):
        return
    task = await find_task(tx, caller, reminder["task_id"])
    if not task.is_open:
        return
    # As it stands now that its task is held.
    reminder = await _find(tx, caller, ref)
    assert reminder is not None
    people = await _people(tx, caller, task)
    if people and not await _notify(tx, caller, reminder, people):
        return  # Moved away and back: of this instant they have been told.
    await record_event(tx, caller, "task.reminded", task.id, reminder=reminder["uid"], at=reminder["at"])


async def _find(reader: Reader, caller: Caller, reminder_id: int) -> Row | None:
    return await reader.fetch_row(
        "select r.id, r.uid, r.task_id, r.at from reminders r where r.team_id = $1 and r.id = $2",
        caller.team_id,
        reminder_id,
    )


async def _people(reader: Reader, caller: Caller, task: Task) -> list[int]:
    """Return the assignees, or else the user who created the task; users who left are not notified."""
    concerned = task.assignees or [task.created_by]
    members = await known_members(reader, caller.team_id, concerned)
    return [user for user in concerned if user in members]


async def _notify(tx: Transaction, caller: Caller, reminder: Row, user_ids: Collection[int]) -> int:
    """Return how many had not been notified before."""
    return await tx.execute(
        """insert into notifications (team_id, uid, user_id, kind, task_id, reminder_id, at, created_at)
        select $1, n.uid, n.user_id, 'reminder', $2, $3, $4, n.created_at
        from unnest($5::uuid[], $6::bigint[], $7::timestamptz[]) as n (uid, user_id, created_at)
        on conflict (team_id, reminder_id, at, user_id) do nothing""",
        caller.team_id,
        reminder["task_id"],
        reminder["id"],
        reminder["at"],
        [new_uid() for _ in user_ids],
        list(user_ids),
        [tx.tick() for _ in user_ids],
    )
