"""A file that no task has any more is deleted; the sweep removes its bytes."""

from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.transaction import Transaction


async def release_files_of(tx: Transaction, caller: Caller, *, task_ids: Collection[int]) -> None:
    """Release the files of tasks that were just deleted. The links of the tasks stay."""
    rows = await tx.fetch(
        "select distinct l.file_id from task_files l where l.team_id = $1 and l.task_id = any($2::bigint[])",
        caller.team_id,
        list(task_ids),
    )
    if rows:
        await release_files(tx, caller, file_ids=[row["file_id"] for row in rows])


async def release_files(tx: Transaction, caller: Caller, *, file_ids: Collection[int]) -> None:
    """Lock the files first: of two transactions that release a file at once, the later one sees what the other
    did.
    """
    # In one statement with the update both transactions would still see the task of the other.
    await tx.execute(
        "select from files f where f.team_id = $1 and f.id = any($2::bigint[]) order by f.id for update",
        caller.team_id,
        list(file_ids),
    )
    rows = await tx.fetch(
        """update files f set deleted_at = $3, updated_at = $3
        where f.team_id = $1 and f.id = any($2::bigint[]) and f.deleted_at is null
        and not exists (select from task_files l join tasks t on t.team_id = l.team_id and t.id = l.task_id
            where l.team_id = $1 and l.file_id = f.id and t.deleted_at is null) returning f.id""",
        caller.team_id,
        list(file_ids),
        tx.tick(),
    )
    await record_each(tx, caller, "file.deleted", {row["id"]: {} for row in rows})
