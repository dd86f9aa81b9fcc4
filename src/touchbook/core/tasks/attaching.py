"""Attaches files to tasks."""

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.events import record_event
from touchbook.core.files.file import File
from touchbook.core.files.releasing import release_files
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction


async def attach_file(tx: Transaction, caller: Caller, file: File, *, task_id: int) -> Task | None:
    """Return None if the task has the file already."""
    await lock_task(tx, caller, task_id)
    attached = await tx.execute(
        """insert into task_files (team_id, task_id, file_id, created_by, created_at)
        values ($1, $2, $3, $4, $5) on conflict do nothing""",
        caller.team_id,
        task_id,
        file.id,
        caller.user_id,
        tx.tick(),
    )
    return await _settle(tx, caller, "task.file_attached", task_id, file) if attached else None


async def detach_file(tx: Transaction, caller: Caller, file: File, *, task_id: int) -> Task:
    """Delete a file that no other task has. NotFound if the task does not have it."""
    await lock_task(tx, caller, task_id)
    detached = await tx.execute(
        "delete from task_files l where l.team_id = $1 and l.task_id = $2 and l.file_id = $3",
        caller.team_id,
        task_id,
        file.id,
    )
    if not detached:
        raise NotFound("file", file.uid)
    await release_files(tx, caller, file_ids=[file.id])
    return await _settle(tx, caller, "task.file_detached", task_id, file)


async def _settle(tx: Transaction, caller: Caller, event: str, task_id: int, file: File) -> Task:
    await record_event(tx, caller, event, task_id, file=file.id, name=file.name)
    await change_task(tx, caller, task_id, TaskChanges(touched=True))
    return await find_task(tx, caller, task_id)
