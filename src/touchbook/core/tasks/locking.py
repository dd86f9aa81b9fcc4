"""Locks tasks before a verb decides on them, so that they cannot change in between."""

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.query.look_ups import seeing
from touchbook.core.tasks.queries import TASK_COLUMNS, read_tasks, tasks_from
from touchbook.core.tasks.seeing import seen_records
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

Strength = Literal["no key update", "update"]
_BY_ID = "t.id = any($2::bigint[])"


async def lock_tasks(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[Task]:
    """Return the tasks that are not deleted, in the order of their ids."""
    return await _lock_and_read(tx, caller, _BY_ID, list(task_ids))


async def lock_task(tx: Transaction, caller: Caller, task_id: int) -> Task:
    """NotFound for a task that is deleted or belongs to another team."""
    held = await lock_tasks(tx, caller, [task_id])
    if not held:
        raise NotFound("task", task_id)
    return held[0]


async def lock_task_by_uid(tx: Transaction, caller: Caller, uid: UUID) -> Task:
    held = await _lock_and_read(tx, caller, "t.uid = $2", uid)
    if not held:
        raise NotFound("task", uid)
    return held[0]


async def lock_task_rows(
    tx: Transaction, caller: Caller, task_ids: Collection[int], strength: Strength
) -> list[int]:
    """Return the ids of the tasks that are not deleted."""
    rows = await tx.fetch(
        f"with {', '.join(_locked(_BY_ID, strength))} select locked.id from locked", caller.team_id, list(task_ids)
    )
    return [row["id"] for row in rows]


async def lock_tasks_alone(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Lock tasks after all contacts that this transaction locks; what is read afterwards is as others left it."""
    await tx.execute(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])
        order by t.id for no key update""",
        caller.team_id,
        list(task_ids),
    )


async def _lock_and_read(tx: Transaction, caller: Caller, chosen: str, value: Any) -> list[Task]:
    """Lock and read in one statement, or in two if another transaction changed a row that this one waited for."""
    rows = await tx.fetch(
        seeing(
            f"select {TASK_COLUMNS} from locked t order by t.id",
            f"select case when not {_CHANGED} then ({seen_records('shown', '$3')}) end",
            *_locked(chosen, "no key update"),
        ),
        caller.team_id,
        value,
        caller.only_owner,
    )
    if rows and rows[0][-1] is None:
        return await read_tasks(tx, caller, [row["id"] for row in rows])
    return tasks_from(rows)


def _locked(chosen: str, strength: Strength) -> list[str]:
    """Return the parts of a statement that lock tasks, as `locked`.

    Their contacts are locked first, as everywhere: of two transactions that need both, one waits for the other.
    """
    # The count has to be evaluated before a task is locked, and so forces the contacts to be locked first.
    return [
        f"""before as materialized (select {TASK_COLUMNS} from tasks t
            where t.team_id = $1 and {chosen} and t.deleted_at is null)""",
        """contacts_first as materialized (select c.id, c.owner_id, c.deleted_at from contacts c
            where c.team_id = $1 and c.id = any(array(select unnest(before.contacts) from before))
            order by c.id for no key update)""",
        f"""locked as materialized (select {TASK_COLUMNS} from tasks t
            where t.team_id = $1 and {chosen} and t.deleted_at is null
            and (select count(*) from contacts_first) >= 0 order by t.id for {strength})""",
    ]


# A locked row is as others left it. What is read beside it is as it was before the statement waited.
_CHANGED = """(exists (select l.* from locked l except select b.* from before b)
    or exists (select f.* from contacts_first f except select c.id, c.owner_id, c.deleted_at from contacts c
        where c.team_id = $1 and c.id = any(array(select f.id from contacts_first f))))"""
