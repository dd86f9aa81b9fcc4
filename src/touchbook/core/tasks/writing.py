"""Writes changes of tasks, one statement for any number.

Beside the task's row stand its assignees with the sort keys of their lists, its text for search, and its scheduled
actions.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid
from touchbook.core.folding import fold
from touchbook.core.recordset import records, recordset
from touchbook.core.tasks.assignees import KEY_COLUMNS, SORT_KEYS
from touchbook.core.tasks.planning import Plan
from touchbook.core.tasks.reminding import CALENDAR, LATE
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING, SKIPPING
from touchbook.core.tasks.task import Task, sort_title
from touchbook.core.transaction import Transaction

_SHOWN = {"title", "description", "kind"}
_TIMED = {"status", "scheduled_at", "autoskip_at"}
_COLUMN_TYPES = {
    "title": "text",
    "description": "text",
    "priority": "smallint",
    "kind": "text",
    "metadata": "jsonb",
    "end_at": "timestamptz",
    "autoskip_at": "timestamptz",
    "deal_rule": "text",
    "disposition_id": "bigint",
    "purpose_id": "bigint",
    "scheduled_at": "timestamptz",
    "due_at": "timestamptz",
    "due_on": "date",
    "due_offset": "interval",
    "status": "text",
    "completed_at": "timestamptz",
    "completed_by": "bigint",
    "state_changed_at": "timestamptz",
    "sort_title": "text",
}
_TYPES = {
    "id": "bigint",
    "updated_at": "timestamptz",
    "assignees": "bigint[]",
    "shown": "text",
    "folded": "text",
    "timed": "boolean",
    "opens_at": "timestamptz",
    "skips_at": "timestamptz",
    "moved": "interval",
    **{key: _COLUMN_TYPES[key] for key in SORT_KEYS},
}


async def write_tasks(tx: Transaction, caller: Caller, plans: Sequence[Plan]) -> None:
    """The tasks are locked.

    A transaction that waited for another one began before it, yet writes after it, so `updated_at` must never go
    back (RT-92). Invalid for a reminder that would move out of range.
    """
    instant = tx.tick()
    changed = set[str]().union(*(plan.columns for plan in plans))
    if "status" in changed:
        changed.add("state_changed_at")
    if changed & _SHOWN:
        changed.add("sort_title")
    columns = [name for name in _COLUMN_TYPES if name in changed]
    types = _TYPES | {name: _COLUMN_TYPES[name] for name in columns}
    lost = await tx.fetch(
        _statement(columns, types),
        caller.team_id,
        records(types, [_row(caller, plan, columns, instant) for plan in plans]),
        caller.user_id,
        OPENING,
        SKIPPING,
        REMINDING,
        tx.now - LATE,
        *CALENDAR,
    )
    if lost:
        raise Invalid({"due": ["A reminder would move out of the range of dates."]})


def _row(caller: Caller, plan: Plan, columns: Sequence[str], instant: datetime) -> dict[str, Any]:
    task, own = plan.after, plan.columns
    row = {name: getattr(task, name) for name in columns if name not in ("state_changed_at", "sort_title")}
    if row.get("metadata") is not None:
        row["metadata"] = msgspec.Raw(task.metadata.encode()) if task.metadata else None
    row["state_changed_at"] = instant if "status" in own else task.state_changed_at
    row["sort_title"] = sort_title(task.shown_title)
    row |= {key: getattr(task, key) for key in SORT_KEYS}
    row |= {"id": task.id, "updated_at": max(instant, plan.before.updated_at + instant.resolution)}
    if task.assignees != plan.before.assignees or own.keys() & set(SORT_KEYS):
        row["assignees"] = task.assignees
    if own.keys() & _SHOWN:
        row |= text_of(task)
    if own.keys() & _TIMED:
        row |= {"timed": True, "opens_at": opens_at(task), "skips_at": skips_at(task)}
    if moved := plan.moved_by(caller):
        row["moved"] = f"{moved.days} days {moved.seconds} seconds {moved.microseconds} microseconds"
    return row


def text_of(task: Task) -> dict[str, str]:
    """Return the search texts of a task: its shown title, and that with the description."""
    return folded_text(task.shown_title, task.description)


def folded_text(shown_title: str, description: str | None) -> dict[str, str]:
    title = fold(shown_title)
    return {"shown": title, "folded": f"{title}\n{fold(description)}" if description else title}


def opens_at(task: Task) -> datetime | None:
    return task.scheduled_at if task.status == "scheduled" else None


def skips_at(task: Task) -> datetime | None:
    return task.autoskip_at if task.is_open else None


def _statement(columns: Sequence[str], types: dict[str, str]) -> str:
    assignments = "".join(f"{name} = r.{name}, " for name in columns)
    keys = ", ".join(f"r.{key}" for key in SORT_KEYS)
    kept = ", ".join(f"{key} = excluded.{key}" for key in ("position", *SORT_KEYS))
    return f"""with r as (select * from {recordset("$2", types)}), changed as (
        update tasks t set {assignments} updated_at = r.updated_at, updated_by = $3
        from r where t.team_id = $1 and t.id = r.id
    ), unassigned as (
        delete from task_assignees a using r
        where a.team_id = $1 and a.task_id = r.id and not a.user_id = any(r.assignees)
    ), assigned as (
        insert into task_assignees (team_id, task_id, user_id, position, {KEY_COLUMNS})
        select $1, r.id, x.user_id, x.position - 1, {keys}
        from r, unnest(r.assignees) with ordinality as x (user_id, position)
        on conflict (team_id, task_id, user_id) do update set {kept}
    ), described as (
        insert into task_texts (team_id, task_id, title, folded)
        select $1, r.id, r.shown, r.folded from r where r.folded is not null
        on conflict (team_id, task_id) do update set title = excluded.title, folded = excluded.folded
    ), shifted as (
        update reminders m set at = m.at + r.moved, updated_at = r.updated_at from r
        where m.team_id = $1 and m.task_id = r.id and r.moved is not null and m.relative and m.deleted_at is null
        returning m.id, m.at
    ), due_now as (
        select $4 as kind, r.id, r.opens_at as at from r where r.timed
        union all select $5, r.id, r.skips_at from r where r.timed
        union all select $6, shifted.id, case when shifted.at >= $7 then shifted.at end from shifted
    ), cancelled as (
        delete from due d using due_now n
        where d.team_id = $1 and d.kind = n.kind and d.ref = n.id and n.at is null
    ), called_for as (
        insert into due (team_id, kind, ref, at)
        select $1, n.kind, n.id, n.at from due_now n where n.at is not null
        on conflict (team_id, kind, ref) do update set at = excluded.at
    ) select shifted.id from shifted where shifted.at not between $8 and $9"""
