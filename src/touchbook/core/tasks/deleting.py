from touchbook.core.caller import Caller
from touchbook.core.due import set_due
from touchbook.core.errors import NotFound
from touchbook.core.events import record_event
from touchbook.core.files.releasing import release_files_of
from touchbook.core.sequences.moving import tasks_deleted
from touchbook.core.tasks.duties import OPENING, REMINDING, SKIPPING
from touchbook.core.transaction import Transaction


async def delete_task(tx: Transaction, caller: Caller, *, task_id: int) -> None:
    """Gone from every list and dialect, kept in the store (7.1.6). NotFound if it is gone already.

    The contact whose step of a sequence it was moves on. Files that no other task has are deleted.
    """
    deleted = await tx.fetch_row(
        """update tasks t set deleted_at = $3, updated_at = $3, updated_by = $4
        where t.team_id = $1 and t.id = $2 and t.deleted_at is null returning t.sequence_state_id""",
        caller.team_id,
        task_id,
        tx.tick(),
        caller.user_id,
    )
    if deleted is None:
        raise NotFound("task", task_id)
    await tx.execute(
        "update task_assignees a set deleted = true where a.team_id = $1 and a.task_id = $2",
        caller.team_id,
        task_id,
    )
    for kind in (OPENING, SKIPPING):
        await set_due(tx, caller, kind, ref=task_id, at=None)
    await tx.execute(
        """delete from due d where d.team_id = $1 and d.kind = $3 and d.ref in
            (select r.id from reminders r where r.team_id = $1 and r.task_id = $2)""",
        caller.team_id,
        task_id,
        REMINDING,
    )
    await record_event(tx, caller, "task.deleted", subject="task", subject_id=task_id, changes={})
    await release_files_of(tx, caller, task_ids=[task_id])
    if deleted["sequence_state_id"] is not None:
        await tasks_deleted(tx, caller, task_ids=[task_id])


async def delete_tasks_of(tx: Transaction, caller: Caller, *, account_id: int) -> int:
    """All tasks of an account, with files that no other has, in a fixed number of statements; answers how many.

    Contacts of other accounts whose steps of sequences were among them move on, each by itself.
    """
    rows = await tx.fetch(
        """with gone as (
            update tasks t set deleted_at = $3, updated_at = $3, updated_by = $4
            where t.team_id = $1 and t.account_id = $2 and t.deleted_at is null returning t.id, t.sequence_state_id
        ), unassigned as (
            update task_assignees a set deleted = true
            where a.team_id = $1 and a.task_id in (select gone.id from gone)
        ), called_off as (
            delete from due d where d.team_id = $1 and d.kind = any($5::text[])
            and d.ref in (select gone.id from gone)
        ), unreminded as (
            delete from due d where d.team_id = $1 and d.kind = $6 and d.ref in
                (select r.id from reminders r join gone on gone.id = r.task_id where r.team_id = $1)
        ) select gone.id, gone.sequence_state_id from gone""",
        caller.team_id,
        account_id,
        tx.tick(),
        caller.user_id,
        [OPENING, SKIPPING],
        REMINDING,
    )
    await release_files_of(tx, caller, task_ids=[row["id"] for row in rows])
    steps = [row["id"] for row in rows if row["sequence_state_id"] is not None]
    if steps:
        await tasks_deleted(tx, caller, task_ids=steps)
    return len(rows)
