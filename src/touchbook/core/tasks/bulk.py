"""Verbs on many tasks at once, each in a fixed number of statements however many there are.

They say the same as their namesakes for one task, and answer how many tasks changed. Above
MOST_EVENTS tasks the change is one summary event (rule 4). Only the steps of sequences cost more: each of their
contacts moves on by itself.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from touchbook.core.activities.recording import record_completions, withdraw_completions
from touchbook.core.caller import Caller
from touchbook.core.events import record_events
from touchbook.core.sequences.moving import move_on
from touchbook.core.sequences.reopening import come_back_many
from touchbook.core.tasks.amending import assigned
from touchbook.core.tasks.amending_many import amend_tasks, hold_tasks
from touchbook.core.tasks.assignees import KEY_COLUMNS, KEYS_OF_TASK
from touchbook.core.tasks.references import check_references
from touchbook.core.tasks.reminding import distance, shift_reminders
from touchbook.core.tasks.rescheduling import instant_of
from touchbook.core.transaction import Transaction


async def complete_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    held = await hold_tasks(tx, caller, task_ids)
    columns = {"status": "completed", "completed_at": tx.now, "completed_by": caller.user_id}
    completed = await amend_tasks(tx, caller, held, "task.completed", "t.open", columns)
    await record_completions(tx, caller, task_ids=completed)
    await move_on(tx, caller, task_ids=completed)
    return len(completed)


async def reopen_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    """First those whose skip time has passed, which goes: it would end them at once.

    Left as they ended: steps of sequences that can no longer be reopened.
    """
    held = await come_back_many(tx, caller, await hold_tasks(tx, caller, task_ids))
    columns = {"status": "open", "completed_at": None, "completed_by": None}
    reopened = await amend_tasks(
        tx, caller, held, "task.reopened", "not t.open and t.autoskip_at <= $7", {**columns, "autoskip_at": None}
    )
    reopened += await amend_tasks(tx, caller, held, "task.reopened", "not t.open", columns)
    await withdraw_completions(tx, caller, task_ids=reopened)
    return len(reopened)


async def reschedule_tasks(
    tx: Transaction,
    caller: Caller,
    *,
    task_ids: Sequence[int],
    due_at: datetime | None = None,
    due_on: date | None = None,
) -> int:
    held = await hold_tasks(tx, caller, task_ids)
    await _shift_reminders(tx, caller, held, due_at, due_on)
    columns: dict[str, Any] = {"due_at": due_at, "due_on": due_on}
    if due_on is None:
        columns["due_offset"] = timedelta()
    moved = "(t.due_at, t.due_on) is distinct from ($3::timestamptz, $4::date)"
    return len(await amend_tasks(tx, caller, held, "task.rescheduled", moved, columns))


async def reassign_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int], assignee: int | None) -> int:
    """Another in the first one's place, the rest kept (M-8); None removes the first alone."""
    if assignee is not None:
        await check_references(tx, caller, assignees=[assignee])
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and $3 is distinct from
            (select a.user_id from task_assignees a
            where a.team_id = $1 and a.task_id = t.id and a.position = 0)""",
        caller.team_id,
        await hold_tasks(tx, caller, task_ids),
        assignee,
    )
    changed = [row["id"] for row in rows]
    await _replace_first(tx, caller, changed, assignee)
    changes = await _touch(tx, caller, changed)
    await record_events(
        tx, caller, "task.assigned", subject="task", changes=changes, summary={"assignee": assignee}
    )
    return len(changed)


async def _replace_first(tx: Transaction, caller: Caller, task_ids: Sequence[int], assignee: int | None) -> None:
    """Out go the first and, from wherever it stood, the new one; then it comes in and the places are counted."""
    await tx.execute(
        """delete from task_assignees a where a.team_id = $1 and a.task_id = any($2::bigint[])
        and (a.position = 0 or a.user_id = $3)""",
        caller.team_id,
        list(task_ids),
        assignee,
    )
    if assignee is not None:
        await tx.execute(
            f"""insert into task_assignees (team_id, task_id, user_id, position, {KEY_COLUMNS})
            select $1, t.id, $3, -1, {KEYS_OF_TASK} from tasks t
            where t.team_id = $1 and t.id = any($2::bigint[])""",
            caller.team_id,
            list(task_ids),
            assignee,
        )
    await tx.execute(
        """update task_assignees a set position = placed.position from (
            select p.task_id, p.user_id,
                row_number() over (partition by p.task_id order by p.position) - 1 as position
            from task_assignees p where p.team_id = $1 and p.task_id = any($2::bigint[])
        ) placed where a.team_id = $1 and a.task_id = placed.task_id and a.user_id = placed.user_id
        and a.position <> placed.position""",
        caller.team_id,
        list(task_ids),
    )


async def _touch(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Answers who each task is assigned to now."""
    rows = await tx.fetch(
        f"""update tasks t set {assigned(("updated_at", "updated_by"))}
        where t.team_id = $1 and t.id = any($2::bigint[])
        returning t.id, array(select a.user_id from task_assignees a
            where a.team_id = $1 and a.task_id = t.id order by a.position) as assignees""",
        caller.team_id,
        list(task_ids),
        tx.tick(),
        caller.user_id,
    )
    return {row["id"]: {"assignees": row["assignees"]} for row in rows}


async def _shift_reminders(
    tx: Transaction, caller: Caller, task_ids: Sequence[int], due_at: datetime | None, due_on: date | None
) -> None:
    """A relative reminder keeps its distance to the due time; a day counts from its start in the team's zone.

    That is computed here: PostgreSQL's time zones may be of another release, and CET to it is an offset.
    """
    rows = await tx.fetch(
        """select t.id, t.due_at, t.due_on, t.due_offset from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and exists (select from reminders r
            where r.team_id = $1 and r.task_id = t.id and r.relative and r.deleted_at is null)""",
        caller.team_id,
        list(task_ids),
    )
    zone = caller.team_zone
    moves = {}
    for row in rows:
        offset: timedelta = row["due_offset"]
        before = instant_of(row["due_at"], row["due_on"], offset, zone)
        after = instant_of(due_at, due_on, offset if due_on else timedelta(), zone)
        moves[row["id"]] = distance(before, after)
    await shift_reminders(tx, caller, moves)
