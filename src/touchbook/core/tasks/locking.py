"""Locks tasks before a verb decides on them, so that they cannot change in between."""

from collections.abc import Collection
from typing import Any, Literal
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.tasks.queries import TASK_COLUMNS, see_tasks, tasks_from
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction

Strength = Literal["no key update", "update"]


async def lock_tasks(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[Task]:
    """Return the tasks that are not deleted, in the order of their ids."""
    return await _read(tx, caller, await lock_task_rows(tx, caller, task_ids, "no key update"))


async def lock_task(tx: Transaction, caller: Caller, task_id: int) -> Task:
    """NotFound for a task that is deleted or belongs to another team."""
    held = await lock_tasks(tx, caller, [task_id])
    if not held:
        raise NotFound("task", task_id)
    return held[0]


async def lock_task_by_uid(tx: Transaction, caller: Caller, uid: UUID) -> Task:
    held = await _read(tx, caller, await _lock(tx, caller, "t.uid = $2", uid, "no key update"))
    if not held:
        raise NotFound("task", uid)
    return held[0]


async def lock_task_rows(
    tx: Transaction, caller: Caller, task_ids: Collection[int], strength: Strength
) -> list[int]:
    """Return the ids of the tasks that are not deleted."""
    return await _lock(tx, caller, "t.id = any($2::bigint[])", list(task_ids), strength)


async def lock_tasks_alone(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> None:
    """Lock tasks after all contacts that this transaction locks; what is read afterwards is as others left it."""
    await tx.execute(
        """select t.id from tasks t where t.team_id = $1 and t.id = any($2::bigint[])
        order by t.id for no key update""",
        caller.team_id,
        list(task_ids),
    )


async def _lock(tx: Transaction, caller: Caller, chosen: str, value: Any, strength: Strength) -> list[int]:
    """Lock the contacts of the tasks first, as everywhere: of two transactions that need both, one waits for the
    other.
    """
    # The count has to be evaluated before a row is locked, and so forces the contacts to be locked first.
    rows = await tx.fetch(
        f"""with contacts_first as materialized (
            select c.id from contacts c where c.team_id = $1 and c.id in (select s.contact_id
                from task_associations s join tasks t on t.team_id = s.team_id and t.id = s.task_id
                where s.team_id = $1 and {chosen} and s.contact_id is not null and s.deleted_at is null)
            order by c.id for no key update)
        select t.id from tasks t where t.team_id = $1 and {chosen} and t.deleted_at is null
        and (select count(*) from contacts_first) >= 0 order by t.id for {strength}""",
        caller.team_id,
        value,
    )
    return [row["id"] for row in rows]


async def _read(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> list[Task]:
    """Read in a statement of its own: the one that waited for the locks would see the links as they
    were before.
    """
    rows = await tx.fetch(
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
