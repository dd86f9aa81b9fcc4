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
from touchbook.core.events import Uids, describe_events
from touchbook.core.folding import fold
from touchbook.core.foreign_members import as_json
from touchbook.core.query.where import Where
from touchbook.core.tasks.assignees import SORT_KEYS
from touchbook.core.tasks.planning import Plan
from touchbook.core.tasks.task import Task, sort_title
from touchbook.core.tasks.update_statement import update_statement
from touchbook.core.transaction import Transaction

_SHOWN = frozenset({"title", "description", "kind"})
_TIMED = frozenset({"status", "scheduled_at", "autoskip_at"})
_SORTING = frozenset(SORT_KEYS)
_COLUMN_TYPES = {
    "title": "text",
    "description": "text",
    "priority": "smallint",
    "kind": "text",
    "metadata": "jsonb",
    "foreign_members": "jsonb",
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
    "keyed": "boolean",
    "shown": "text",
    "folded": "text",
    "timed": "boolean",
    "opens_at": "timestamptz",
    "skips_at": "timestamptz",
    "moved": "interval",
    **{key: _COLUMN_TYPES[key] for key in SORT_KEYS},
}


async def write_tasks(tx: Transaction, caller: Caller, plans: Sequence[Plan], *, known: Uids) -> None:
    """Write the tasks, which are locked, and insert their events. A single one is then as the store has it.

    A transaction that waited for another one began before it, yet writes after it, so `updated_at` must never go
    back (RT-92). Invalid for a reminder that would move out of range.
    """
    instant = tx.tick()
    changed = set[str]().union(*(plan.columns for plan in plans))
    if "status" in changed:
        changed.add("state_changed_at")
    if not _SHOWN.isdisjoint(changed):
        changed.add("sort_title")
    columns = [name for name in _COLUMN_TYPES if name in changed]
    rows = [_row(caller, plan, columns, instant) for plan in plans]
    said = set[str]().union(*rows)
    types = {name: kind for name, kind in (_TYPES | _COLUMN_TYPES).items() if name in said}
    where = Where(caller.team_id)
    sent = msgspec.json.encode(rows).decode()
    # The store writes some values in another way: JSON, and instants of a zone.
    returned = ["updated_at", *(name for name in columns if name != "sort_title")] if len(plans) == 1 else []
    events = [event for plan in plans for event in plan.events]
    told = await describe_events(tx, caller, events, known=known) if events else None
    sql = update_statement(where, caller, sent, types, columns, returned, events=told, now=tx.now)
    [(lost, *values), *_] = await tx.fetch(sql, *where.args)
    if lost:
        raise Invalid({"due": ["A reminder would move out of the range of dates."]})
    if returned:
        now = dict(zip(returned, values, strict=True), updated_by=caller.user_id)
        plans[0].after = msgspec.structs.replace(plans[0].after, **now)


def _row(caller: Caller, plan: Plan, columns: Sequence[str], instant: datetime) -> dict[str, Any]:
    """`columns` are those that differ in any task."""
    task, own = plan.after, plan.columns.keys()
    row = {name: getattr(task, name) for name in columns if name != "sort_title"}
    row["id"] = task.id
    row["updated_at"] = max(instant, plan.before.updated_at + instant.resolution)
    for name in ("metadata", "foreign_members"):
        if row.get(name) is not None:
            row[name] = as_json(row[name])
    if "status" in own:
        row["state_changed_at"] = instant
    if "sort_title" in columns:
        row["sort_title"] = sort_title(task.shown_title)
    if task.assignees != plan.before.assignees:
        row |= {"assignees": task.assignees, **{key: getattr(task, key) for key in SORT_KEYS}}
    elif not _SORTING.isdisjoint(own):
        row["keyed"] = True
    if not _SHOWN.isdisjoint(own):
        row |= text_of(task)
    if not _TIMED.isdisjoint(own):
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
