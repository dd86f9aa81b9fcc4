from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.jobs.job import Job
from touchbook.core.transaction import Reader

JOB_COLUMNS = ", ".join(f"j.{name}" for name in Job.__struct_fields__)


async def find_job(reader: Reader, caller: Caller, uid: UUID) -> Job:
    row = await reader.fetch_row(
        f"select {JOB_COLUMNS} from jobs j where j.team_id = $1 and j.uid = $2", caller.team_id, uid
    )
    if row is None:
        raise NotFound("job", uid)
    return Job(**row)
