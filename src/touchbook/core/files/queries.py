from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.files.file import File
from touchbook.core.transaction import Reader

FILE_COLUMNS = "f.id, f.uid, f.name, f.place, f.mime, f.size, f.created_by, f.created_at, f.updated_at"


async def find_file_by_uid(reader: Reader, caller: Caller, uid: UUID) -> File:
    row = await reader.fetch_row(
        f"""select {FILE_COLUMNS} from files f
        where f.team_id = $1 and f.uid = $2 and f.stored_at is not null and f.deleted_at is null""",
        caller.team_id,
        uid,
    )
    if row is None:
        raise NotFound("file", uid)
    return File(*row)


async def files_of_tasks(reader: Reader, caller: Caller, task_ids: Collection[int]) -> dict[int, list[File]]:
    """Return files by task id, in the order of attachment; tasks without files are left out."""
    rows = await reader.fetch(
        f"""select {FILE_COLUMNS}, l.task_id from task_files l
        join files f on f.team_id = l.team_id and f.id = l.file_id
        where l.team_id = $1 and l.task_id = any($2::bigint[]) and f.stored_at is not null and f.deleted_at is null
        order by l.task_id, l.created_at, f.id""",
        caller.team_id,
        list(task_ids),
    )
    found: dict[int, list[File]] = defaultdict(list)
    for row in rows:
        *columns, task_id = row
        found[task_id].append(File(*columns))
    return dict(found)
