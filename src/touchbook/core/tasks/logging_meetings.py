"""Records the outcome and the purpose of a meeting, which completes its task."""

from msgspec import UNSET

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict, UnknownRecord
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_locked_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader, Transaction


async def log_meeting(
    tx: Transaction,
    caller: Caller,
    *,
    task_id: int,
    disposition_id: int,
    purpose_id: int | None = None,
    note: str | None = None,
) -> Task | None:
    """Without a purpose or a note the present ones stay.

    UnknownRecord for an option that the team does not have, Conflict for a task that is no meeting.
    """
    task = await lock_task(tx, caller, task_id)
    if task.kind != "in_person":
        raise Conflict("Only a task to meet in person can be logged as a meeting.")
    await _check_choices(tx, caller, disposition_id, purpose_id)
    said = TaskChanges(
        disposition_id=disposition_id,
        purpose_id=UNSET if purpose_id is None else purpose_id,
        description=UNSET if note is None else note,
        status="completed",
    )
    return await change_locked_task(tx, caller, task, said)


async def _check_choices(reader: Reader, caller: Caller, disposition_id: int, purpose_id: int | None) -> None:
    found = await reader.fetch_row(
        """select exists (select 1 from task_dispositions d where d.team_id = $1 and d.id = $2) as disposition,
            $3::bigint is null
            or exists (select 1 from task_purposes p where p.team_id = $1 and p.id = $3) as purpose""",
        caller.team_id,
        disposition_id,
        purpose_id,
    )
    assert found is not None
    if not found["disposition"]:
        raise UnknownRecord("disposition", disposition_id)
    if not found["purpose"]:
        raise UnknownRecord("purpose", purpose_id)
