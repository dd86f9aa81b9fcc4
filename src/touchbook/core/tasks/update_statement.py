"""The statement that writes changed tasks, and what stands beside them in other tables.

It has only the parts that the changes need, since each part costs time even where it writes nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.events import insert_events
from touchbook.core.query.where import Where
from touchbook.core.recordset import recordset
from touchbook.core.tasks.assignees import KEY_COLUMNS, SORT_KEYS
from touchbook.core.tasks.reminding import CALENDAR, LATE
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING, SKIPPING


def update_statement(
    where: Where,
    caller: Caller,
    rows: str,
    types: Mapping[str, str],
    columns: Sequence[str],
    returned: Sequence[str],
    *,
    events: str | None,
    now: datetime,
) -> str:
    """Write `columns` of the tasks, the other tables that `types`, the members of the rows, speak of, and the
    rows of `events`. It returns whether a reminder would be lost, moved out of the range of dates, and the
    `returned` columns of the first task.
    """
    assignments = [f"{name} = r.{name}" for name in ("updated_at", *columns)]
    if "assignees" in types:
        assignments.append(
            "assignees = case when r.assignees is null then t.assignees else nullif(r.assignees, '{}') end"
        )
    parts = [
        f"r as (select * from {recordset(where.value(rows), types)})",
        f"""changed as (update tasks t set {", ".join(assignments)}, updated_by = {where.value(caller.user_id)}
            from r where t.team_id = $1 and t.id = r.id
            returning {", ".join(f"t.{name}" for name in returned) or "t.id"})""",
    ]
    if events:
        parts.append(f"told as ({insert_events(where, caller, events)})")
    if "assignees" in types:
        parts += [_UNASSIGNED, _ASSIGNED]
    if "keyed" in types:
        keys = ", ".join(f"{key} = r.{key}" for key in SORT_KEYS if key in columns)
        parts.append(
            f"""keyed as (update task_assignees a set {keys} from r
                where a.team_id = $1 and a.task_id = r.id and r.keyed)"""
        )
    if "folded" in types:
        parts.append(_DESCRIBED)
    times = []
    if "timed" in types:
        times += [
            f"select {where.value(OPENING)} as kind, r.id, r.opens_at as at from r where r.timed",
            f"select {where.value(SKIPPING)}, r.id, r.skips_at from r where r.timed",
        ]
    if "moved" in types:
        parts.append(_SHIFTED)
        kept = f"case when shifted.at >= {where.value(now - LATE)} then shifted.at end"
        times.append(f"select {where.value(REMINDING)} as kind, shifted.id, {kept} as at from shifted")
    if times:
        parts += [f"due_now as ({' union all '.join(times)})", *_DUE]
    lost = "false"
    if "moved" in types:
        first, last = map(where.value, CALENDAR)
        lost = f"exists (select from shifted where shifted.at not between {first} and {last})"
    values = "".join(f", changed.{name}" for name in returned)
    return f"with {', '.join(parts)} select {lost} as lost{values} from changed limit 1"


_UNASSIGNED = """unassigned as (delete from task_assignees a using r
    where a.team_id = $1 and a.task_id = r.id and not a.user_id = any(r.assignees))"""
_ASSIGNED = f"""assigned as (
    insert into task_assignees (team_id, task_id, user_id, position, {KEY_COLUMNS})
    select $1, r.id, x.user_id, x.position - 1, {", ".join(f"r.{key}" for key in SORT_KEYS)}
    from r, unnest(r.assignees) with ordinality as x (user_id, position)
    on conflict (team_id, task_id, user_id) do update
    set {", ".join(f"{key} = excluded.{key}" for key in ("position", *SORT_KEYS))})"""
_DESCRIBED = """described as (
    insert into task_texts (team_id, task_id, title, folded)
    select $1, r.id, r.shown, r.folded from r where r.folded is not null
    on conflict (team_id, task_id) do update set title = excluded.title, folded = excluded.folded)"""
_SHIFTED = """shifted as (
    update reminders m set at = (m.at at time zone 'UTC' + r.moved) at time zone 'UTC', updated_at = r.updated_at
    from r
    where m.team_id = $1 and m.task_id = r.id and r.moved is not null and m.relative and m.deleted_at is null
    returning m.id, m.at)"""
_DUE = (
    """cancelled as (delete from due d using due_now n
        where d.team_id = $1 and d.kind = n.kind and d.ref = n.id and n.at is null)""",
    """called_for as (insert into due (team_id, kind, ref, at)
        select $1, n.kind, n.id, n.at from due_now n where n.at is not null
        on conflict (team_id, kind, ref) do update set at = excluded.at)""",
)
