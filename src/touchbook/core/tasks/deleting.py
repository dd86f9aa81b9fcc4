from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.events import record_events
from touchbook.core.files.releasing import release_files_of
from touchbook.core.tasks.locking import lock_task_rows
from touchbook.core.tasks.queries import TASK_COLUMNS, see_tasks, tasks_from
from touchbook.core.tasks.scheduled_actions import OPENING, REMINDING, SKIPPING
from touchbook.core.totals import count_gone
from touchbook.core.transaction import Event, Transaction

_DELETED = (
    """gone as (update tasks t set deleted_at = $3, updated_at = $3, updated_by = $4
        where t.team_id = $1 and t.id = any($2::bigint[]) and t.deleted_at is null returning t.id)""",
    """unassigned as (update task_assignees a set deleted = true
        where a.team_id = $1 and a.task_id in (select gone.id from gone))""",
    """cancelled as (delete from due d where d.team_id = $1 and d.kind = any($5::text[])
        and d.ref in (select gone.id from gone))""",
    """unreminded as (delete from due d where d.team_id = $1 and d.kind = $6 and d.ref in
        (select r.id from reminders r join gone on gone.id = r.task_id where r.team_id = $1))""",
    count_gone("task", "gone"),
)


async def delete_task(tx: Transaction, caller: Caller, *, task_id: int) -> None:
    """NotFound if it is deleted already."""
    if not await delete_tasks(tx, caller, [task_id]):
        raise NotFound("task", task_id)


async def delete_tasks(tx: Transaction, caller: Caller, task_ids: Collection[int]) -> int:
    """Delete tasks; their rows stay in the store (7.1.6).

    Files that no other task has are deleted. Return how many tasks were deleted.
    """
    await lock_task_rows(tx, caller, task_ids, "update")
    rows = await tx.fetch(
        see_tasks(
            f"""select {TASK_COLUMNS} from tasks t join gone on gone.id = t.id
            where t.team_id = $1 order by t.id""",
            "$7",
            *_DELETED,
        ),
        caller.team_id,
        list(task_ids),
        tx.tick(),
        caller.user_id,
        [OPENING, SKIPPING],
        REMINDING,
        caller.only_owner,
    )
    tasks = tasks_from(rows)
    await release_files_of(tx, caller, task_ids=[task.id for task in tasks])
    await record_events(tx, caller, [Event("task.deleted", task.id, {}, record=task) for task in tasks])
    return len(tasks)


async def delete_tasks_of_accounts(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Delete the tasks of deleted accounts."""
    rows = await tx.fetch(
        """select t.id from tasks t where t.team_id = $1 and t.account_id = any($2::bigint[])
        and t.deleted_at is null""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    await delete_tasks(tx, caller, [row["id"] for row in rows])
