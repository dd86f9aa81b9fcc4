"""Reads of single tasks. Lists are in listing.py."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.query.look_ups import seeing
from touchbook.core.tasks.seeing import read_seen, see_task, seen_records
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader, Row

# In the order of the members of Task.
TASK_COLUMNS = """t.id, t.uid, t.title, t.description, t.status, t.priority, t.kind, t.origin,
    t.due_at, t.due_on, t.due_offset, t.end_at, t.scheduled_at, t.autoskip_at, t.completed_at, t.completed_by,
    t.state_changed_at, t.metadata, t.deal_rule, t.account_id,
    t.created_by, t.updated_by, t.created_at, t.updated_at,
    t.sequence_id, t.sequence_state_id, t.sequence_step_id, t.sequence_template_id, t.template_id, t.mailing_id,
    t.disposition_id, t.purpose_id, t.assignees, t.tags, t.contacts, t.deals, t.listings, t.accounts"""


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
    return [see_task(task_from_values(tuple(row)[:-1]), seen) for row in rows]


def task_from_values(values: Sequence[Any]) -> Task:
    """The values have the order of TASK_COLUMNS. A column of ids is NULL for none."""
    members = [*values[:-6], *(ids or [] for ids in values[-6:])]
    return Task(*members)


async def find_task(reader: Reader, caller: Caller, task_id: int) -> Task:
    return await _find(reader, caller, "id", task_id)


async def find_task_by_uid(reader: Reader, caller: Caller, uid: UUID) -> Task:
    return await _find(reader, caller, "uid", uid)


async def _find(reader: Reader, caller: Caller, column: str, value: int | UUID) -> Task:
    rows = await reader.fetch(
        see_tasks(
            f"""select {TASK_COLUMNS} from tasks t
            where t.team_id = $1 and t.{column} = $2 and t.deleted_at is null""",
            "$3",
        ),
        caller.team_id,
        value,
        caller.only_owner,
    )
    if not rows:
        raise NotFound("task", value)
    return tasks_from(rows)[0]


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
