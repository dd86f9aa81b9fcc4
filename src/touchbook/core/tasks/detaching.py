"""A deleted file is removed from all tasks that have it."""

from touchbook.core.caller import Caller
from touchbook.core.files.file import File
from touchbook.core.files.releasing import release_files
from touchbook.core.tasks.attaching import detach_file
from touchbook.core.transaction import Transaction


async def delete_file(tx: Transaction, caller: Caller, file: File) -> None:
    """Remove the file from every task; the sweep removes its bytes."""
    rows = await tx.fetch(
        """select l.task_id from task_files l join tasks t on t.team_id = l.team_id and t.id = l.task_id
        where l.team_id = $1 and l.file_id = $2 and t.deleted_at is null order by l.task_id""",
        caller.team_id,
        file.id,
    )
    for row in rows:
        await detach_file(tx, caller, file, task_id=row["task_id"])
    if not rows:
        await release_files(tx, caller, file_ids=[file.id])
