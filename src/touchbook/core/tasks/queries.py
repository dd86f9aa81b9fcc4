"""Reads of single tasks. Lists are in listing.py."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.query.look_ups import seeing
from touchbook.core.tasks.reading import WHOLE, Found, Reading, columns_of
from touchbook.core.tasks.seeing import read_seen, seen_records
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader, Row

TASK_COLUMNS = columns_of(Task)
_OWNER = "$3"


def see_tasks(tasks: str, owner: str, *before: str) -> str:
    """Return the statement that reads the tasks of a select of TASK_COLUMNS as their caller sees them.

    `before`: CTEs that the select needs.
    """
    return seeing(tasks, seen_records("shown", owner), *before)


def tasks_from(rows: Sequence[Row]) -> list[Task]:
    """Read rows of `see_tasks`: the first has beside its columns what is seen of all."""
    if not rows:
        return []
    seen = read_seen(rows[0][-1])
    return [WHOLE.record(row[:-1], None, seen) for row in rows]


async def find_task(reader: Reader, caller: Caller, task_id: int) -> Task:
    return await find_task_as(reader, caller, WHOLE, task_id)


async def find_task_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Task:
    return await find_task_as(reader, caller, WHOLE, uid)


async def find_task_as(reader: Reader, caller: Caller, reading: Reading[Found], key: int | UUID) -> Found:
    """`key`: the id or the uid."""
    by = "id" if isinstance(key, int) else "uid"
    sql = _select_one(reading, by)
    row = await reader.fetch_row(sql, caller.team_id, key, *([caller.only_owner] if _OWNER in sql else []))
    if row is None:
        raise NotFound("task", key)
    if reading.row_look_up is None:
        return reading.record(row[:], caller)
    return reading.record(row[:-1], caller, reading.read_look_up(row[-1]))


@cache
def _select_one(reading: Reading[Any], by: str) -> str:
    look_up = "" if reading.row_look_up is None else f", {reading.row_look_up(_OWNER)}"
    return f"""select {reading.columns}{look_up} from tasks t
        where t.team_id = $1 and t.{by} = $2 and t.deleted_at is null"""


async def read_tasks(reader: Reader, caller: Caller, task_ids: Collection[int]) -> list[Task]:
    """Return those that are not deleted, in the order of their ids."""
    rows = await reader.fetch(
        see_tasks(
            f"""select {TASK_COLUMNS} from tasks t
            where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null order by t.id""",
            "$3",
        ),
        caller.team_id,
        list(task_ids),
        caller.only_owner,
    )
    return tasks_from(rows)


async def task_uids(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, UUID]:
    """Return the uids of those that are not deleted."""
    rows = await reader.fetch(
        """select t.id, t.uid from tasks t
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["uid"] for row in rows}
