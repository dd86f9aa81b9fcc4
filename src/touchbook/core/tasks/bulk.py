"""Verbs on many tasks at once, each in a fixed number of statements however many there are.

They say the same as their namesakes for one task, and answer how many tasks changed. Above
MOST_EVENTS tasks the change is one summary event (rule 4).
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.tasks.duties import OPENING, SKIPPING
from touchbook.core.tasks.references import check_references
from touchbook.core.transaction import Transaction
from touchbook.core.zones import zone_name

MOST_EVENTS = 1000


async def complete_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    held = await _hold(tx, caller, task_ids)
    columns = {"status": "completed", "completed_at": tx.now, "completed_by": caller.user_id}
    return await _amend(tx, caller, held, "task.completed", "t.open", columns)


async def reopen_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int]) -> int:
    """First those whose skip time has passed, which goes: it would end them at once."""
    held = await _hold(tx, caller, task_ids)
    columns = {"status": "open", "completed_at": None, "completed_by": None}
    passed = await _amend(
        tx, caller, held, "task.reopened", "not t.open and t.autoskip_at <= $7", {**columns, "autoskip_at": None}
    )
    return passed + await _amend(tx, caller, held, "task.reopened", "not t.open", columns)


async def reschedule_tasks(
    tx: Transaction,
    caller: Caller,
    *,
    task_ids: Sequence[int],
    due_at: datetime | None = None,
    due_on: date | None = None,
) -> int:
    held = await _hold(tx, caller, task_ids)
    await _shift_reminders(tx, caller, held, due_at, due_on)
    columns = {"due_at": due_at, "due_on": due_on}
    moved = "(t.due_at, t.due_on) is distinct from ($3::timestamptz, $4::date)"
    return await _amend(tx, caller, held, "task.rescheduled", moved, columns)


async def reassign_tasks(tx: Transaction, caller: Caller, *, task_ids: Sequence[int], assignee: int | None) -> int:
    """Another in the first one's place, the rest kept (M-8); None removes the first alone."""
    if assignee is not None:
        await check_references(tx, caller, assignees=[assignee])
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and $3 is distinct from
            (select a.user_id from task_assignees a
            where a.team_id = $1 and a.task_id = t.id and a.position = 0)""",
        caller.team_id,
        await _hold(tx, caller, task_ids),
        assignee,
    )
    changed = [row["id"] for row in rows]
    await _replace_first(tx, caller, changed, assignee)
    changes = await _touch(tx, caller, changed)
    await _record(tx, caller, "task.assigned", changes, summary={"assignee": assignee})
    return len(changed)


async def _hold(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> list[int]:
    """Those that are not deleted, as they stand held for this transaction, always in the same order."""
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null
        order by t.id for update""",
        caller.team_id,
        list(task_ids),
    )
    return [row["id"] for row in rows]


async def _amend(
    tx: Transaction, caller: Caller, task_ids: Sequence[int], event: str, where: str, columns: dict[str, Any]
) -> int:
    """`where` may name the columns as $3 and on, in their order, and after them the instant."""
    instant = tx.tick()
    written = {**columns, "updated_at": instant, "updated_by": caller.user_id}
    if "status" in columns:
        written["state_changed_at"] = instant
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(written, start=3))
    differs = ", ".join(f"before.{name} is distinct from t.{name} as {name}" for name in columns)
    rows = await tx.fetch(
        f"""with before as (
            select t.* from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and {where}
        ) update tasks t set {assignments} from before where t.team_id = $1 and t.id = before.id
        returning t.id, {differs}""",
        caller.team_id,
        list(task_ids),
        *written.values(),
    )
    changes = {row["id"]: {name: columns[name] for name in columns if row[name]} for row in rows}
    await _write_sort_keys(tx, caller, list(changes))
    await _keep_duties(tx, caller, list(changes))
    await _record(tx, caller, event, changes, summary=columns)
    return len(changes)


async def _write_sort_keys(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> None:
    await tx.execute(
        """update task_assignees a set status = t.status, due_at = t.due_at, due_on = t.due_on
        from tasks t where a.team_id = $1 and a.task_id = any($2::bigint[]) and t.team_id = $1
        and t.id = a.task_id""",
        caller.team_id,
        list(task_ids),
    )


async def _keep_duties(tx: Transaction, caller: Caller, task_ids: Sequence[int]) -> None:
    """What has ended is neither opened nor skipped; what is open again may still be skipped."""
    await tx.execute(
        """delete from due d where d.team_id = $1 and d.kind = any($3::text[]) and d.ref in
            (select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[]) and not t.open)""",
        caller.team_id,
        list(task_ids),
        [OPENING, SKIPPING],
    )
    await tx.execute(
        """insert into due (team_id, kind, ref, at)
        select $1, $3, t.id, t.autoskip_at from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.open and t.autoskip_at is not null
        on conflict (team_id, kind, ref) do nothing""",
        caller.team_id,
        list(task_ids),
        SKIPPING,
    )


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
            """insert into task_assignees (team_id, task_id, user_id, position, status, due_at, due_on)
            select $1, t.id, $3, -1, t.status, t.due_at, t.due_on from tasks t
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
        """update tasks t set updated_at = $3, updated_by = $4 where t.team_id = $1 and t.id = any($2::bigint[])
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
    """A relative reminder keeps its distance to the due time; a day counts from its start in the team's zone."""
    await tx.execute(
        """update reminders r set updated_at = $6, at = r.at + (moved.after - moved.before)
        from (select t.id, coalesce(t.due_at, (t.due_on - interval '1 hour') at time zone $5 + interval '1 hour')
                as before,
            coalesce($3::timestamptz, ($4::date - interval '1 hour') at time zone $5 + interval '1 hour') as after
            from tasks t where t.team_id = $1 and t.id = any($2::bigint[])) moved
        where r.team_id = $1 and r.task_id = moved.id and r.relative and r.deleted_at is null
        and moved.before is not null and moved.after is not null""",
        caller.team_id,
        list(task_ids),
        due_at,
        due_on,
        zone_name(caller.team_zone),
        tx.tick(),
    )


async def _record(
    tx: Transaction,
    caller: Caller,
    event: str,
    changes: Mapping[int, Mapping[str, Any]],
    *,
    summary: Mapping[str, Any],
) -> None:
    """`changes`: by the task's id; `summary` is what stands for them all."""
    if len(changes) > MOST_EVENTS:
        whole = {**summary, "count": len(changes)}
        await record_event(tx, caller, event, subject="task", subject_id=None, changes=whole)
    elif changes:
        await tx.execute(
            """insert into events (team_id, at, kind, subject, subject_id, actor_id, surface, changes)
            select $1, $3, $4, 'task', x.id, $5, $6, x.changes::jsonb
            from unnest($2::bigint[], $7::text[]) as x (id, changes)""",
            caller.team_id,
            list(changes),
            tx.tick(),
            event,
            caller.user_id,
            caller.surface,
            [msgspec.json.encode(members).decode() for members in changes.values()],
        )
