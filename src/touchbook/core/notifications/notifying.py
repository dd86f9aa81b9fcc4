"""Users are notified when the instants of reminders come."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from touchbook.core.caller import Caller
from touchbook.core.due import claim_all_due
from touchbook.core.events import record_events
from touchbook.core.identity import new_uid
from touchbook.core.tasks.scheduled_actions import REMINDING, claim_actions
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import known_members
from touchbook.core.transaction import Event, Reader, Row, Transaction


async def remind_people(tx: Transaction, caller: Caller, reminder_ids: Sequence[int]) -> None:
    """Notify once for each instant of each reminder, in their order; a task that has ended notifies nobody."""
    found = await _find(tx, caller, reminder_ids)
    if unknown := [each for each in reminder_ids if each not in found]:
        await claim_all_due(tx, caller.team_id, REMINDING, refs=(), gone=unknown)
    task_ids = {each: found[each]["task_id"] for each in reminder_ids if each in found}
    claimed = await claim_actions(tx, caller, REMINDING, task_ids)
    tasks = {ref: task for ref, task in claimed.items() if task.is_open}
    if not tasks:
        return
    # As they stand now that their tasks are held.
    reminders = await _find(tx, caller, tasks)
    people = await _people(tx, caller, tasks.values())
    notified = await _notify(tx, caller, [reminders[ref] for ref in tasks], people)
    # Moved away and back: of this instant they have been notified.
    told = [ref for ref, task in tasks.items() if ref in notified or not people[task.id]]
    await record_events(tx, caller, [_event(tasks[ref], reminders[ref]) for ref in told])


async def _find(reader: Reader, caller: Caller, reminder_ids: Collection[int]) -> dict[int, Row]:
    rows = await reader.fetch(
        """select r.id, r.uid, r.task_id, r.at from reminders r
        where r.team_id = $1 and r.id = any($2::bigint[])""",
        caller.team_id,
        list(reminder_ids),
    )
    return {row["id"]: row for row in rows}


async def _people(reader: Reader, caller: Caller, tasks: Iterable[Task]) -> dict[int, list[int]]:
    """Return by task the assignees, or else the user who created it; users who left are not notified."""
    concerned = {task.id: task.assignees or [task.created_by] for task in tasks}
    members = await known_members(reader, caller.team_id, set().union(*concerned.values()))
    return {task: [user for user in users if user in members] for task, users in concerned.items()}


async def _notify(
    tx: Transaction, caller: Caller, reminders: Sequence[Row], people: Mapping[int, Sequence[int]]
) -> set[int]:
    """Return the reminders of which somebody had not been notified before."""
    notified = [(each, user) for each in reminders for user in people[each["task_id"]]]
    rows = await tx.fetch(
        """insert into notifications (team_id, uid, user_id, kind, task_id, reminder_id, at, created_at)
        select $1, n.uid, n.user_id, 'reminder', n.task_id, n.reminder_id, n.at, n.created_at
        from unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[], $7::timestamptz[])
            as n (uid, user_id, task_id, reminder_id, at, created_at)
        on conflict (team_id, reminder_id, at, user_id) do nothing returning reminder_id""",
        caller.team_id,
        [new_uid() for _ in notified],
        [user for _, user in notified],
        [each["task_id"] for each, _ in notified],
        [each["id"] for each, _ in notified],
        [each["at"] for each, _ in notified],
        [tx.tick() for _ in notified],
    )
    return {row["reminder_id"] for row in rows}


def _event(task: Task, reminder: Row) -> Event:
    return Event("task.reminded", task.id, {"reminder": reminder["uid"], "at": reminder["at"]})
