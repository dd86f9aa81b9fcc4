"""The statement that inserts a task, and what stands beside it in other tables."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args

from touchbook.core.caller import Caller
from touchbook.core.events import describe_events, insert_events
from touchbook.core.foreign_members import differing_members, merged_members
from touchbook.core.identity import new_uid
from touchbook.core.query.where import Where
from touchbook.core.recordset import records, recordset
from touchbook.core.tasks.assignees import KEY_COLUMNS, SORT_KEYS
from touchbook.core.tasks.associations import LINK_TYPES, insert_links, rows_of_links
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import TASK_COLUMNS
from touchbook.core.tasks.references import References
from touchbook.core.tasks.scheduled_actions import OPENING, SKIPPING
from touchbook.core.tasks.task import CLOSED, OPEN, RecordKind, shown_title, sort_title
from touchbook.core.tasks.writing import folded_text
from touchbook.core.totals import count_made
from touchbook.core.transaction import Event, Transaction

_SENT = (
    "title",
    "description",
    "priority",
    "kind",
    "origin",
    "due_at",
    "due_on",
    "due_offset",
    "end_at",
    "scheduled_at",
    "autoskip_at",
    "metadata",
    "deal_rule",
)


async def insert_statement(
    tx: Transaction, caller: Caller, new: NewTask, taken: References, created: Event
) -> tuple[Any, ...]:
    """Return the statement and its values. It inserts the event of the creation too, and returns TASK_COLUMNS."""
    where = Where(caller.team_id)
    by = where.value(caller.user_id)
    shown = shown_title(new.title, new.description, new.kind)
    status, now = new.status_at(tx.now), tx.tick()
    done = status in CLOSED
    columns = {name: getattr(new, name) for name in _SENT}
    columns["foreign_members"] = merged_members(None, differing_members(None, new.foreign_members))
    columns |= {"uid": new_uid(), "status": status, "sort_title": sort_title(shown)}
    columns |= {
        "assignees": list(dict.fromkeys(new.assignees)) or None,
        "tags": list(dict.fromkeys(new.tags)) or None,
    }
    columns |= {f"{kind}s": new.linked(kind) or None for kind in get_args(RecordKind)}
    columns["account_id"] = _account(new, taken)
    columns |= {"created_at": now, "updated_at": now, "state_changed_at": now}
    columns |= {"completed_at": tx.now if done else None, "completed_by": caller.user_id if done else None}
    values = ", ".join(where.value(value) for value in columns.values())
    parts = [
        f"""task as (insert into tasks as t (team_id, created_by, {", ".join(columns)})
            values ($1, {by}, {values}) returning {TASK_COLUMNS})""",
        _describing(where, shown, new.description),
        count_made("task", "task"),
    ]
    if new.assignees:
        parts.append(_assigning(where, new))
    if new.associations:
        rows = where.value(records(LINK_TYPES, rows_of_links(tx, new.associations)))
        linked = f"task, {recordset(rows, LINK_TYPES)}"
        parts.append(f"linked as ({insert_links('task.id', linked, f'{by}::bigint')})")
    if new.tags:
        parts.append(_tagging(where, new))
    instants = {
        OPENING: new.scheduled_at if status == "scheduled" else None,
        SKIPPING: new.autoskip_at if status in OPEN else None,
    }
    if any(instants.values()):
        parts.append(_scheduling(where, instants))
    told = await describe_events(tx, caller, [created], known=taken.uids)
    parts.append(f"told as ({insert_events(where, caller, told, subject='task.id', beside='task')})")
    return f"with {', '.join(parts)} select task.* from task", *where.args


def _account(new: NewTask, taken: References) -> int | None:
    """The account is the one that was given, else the first contact's, else the first deal's."""
    for kind in ("account", "contact", "deal"):
        account = taken.accounts.get((kind, new.first(kind) or 0))
        if account is not None:
            return account
    return None


def _describing(where: Where, shown: str, description: str | None) -> str:
    text = folded_text(shown, description)
    return f"""described as (insert into task_texts (team_id, task_id, title, folded)
        select $1, task.id, {where.value(text["shown"])}, {where.value(text["folded"])} from task)"""


def _assigning(where: Where, new: NewTask) -> str:
    users = where.value(list(dict.fromkeys(new.assignees)))
    return f"""assigned as (insert into task_assignees (team_id, task_id, user_id, position, {KEY_COLUMNS})
        select $1, task.id, u.id, u.position - 1, {", ".join(f"task.{key}" for key in SORT_KEYS)}
        from task, unnest({users}::bigint[]) with ordinality as u (id, position))"""


def _tagging(where: Where, new: NewTask) -> str:
    tags = where.value(list(dict.fromkeys(new.tags)))
    return f"""tagged as (insert into task_tags (team_id, task_id, tag_id, position)
        select $1, task.id, g.id, g.position - 1
        from task, unnest({tags}::bigint[]) with ordinality as g (id, position))"""


def _scheduling(where: Where, instants: Mapping[str, datetime | None]) -> str:
    kinds, ats = where.value(list(instants)), where.value(list(instants.values()))
    return f"""scheduled as (insert into due (team_id, kind, ref, at) select $1, n.kind, task.id, n.at
        from task, unnest({kinds}::text[], {ats}::timestamptz[]) as n (kind, at) where n.at is not null)"""
