"""Requests long work and does it in slices; each slice and its progress are one transaction."""

from datetime import datetime

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.jobs.job import Job
from touchbook.core.jobs.queries import JOB_COLUMNS
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Transaction


class Slice(Struct, frozen=True):
    """A job in progress with its payload, and the user who requested it, in whose name it runs."""

    job: Job
    payload: bytes
    caller: Caller


async def ask_for_job(
    tx: Transaction, caller: Caller, kind: str, payload: bytes, *, total: int, failed: int = 0
) -> Job:
    """`total` includes rows that have `failed` before it began."""
    row = await tx.fetch_row(
        f"""insert into jobs as j (team_id, uid, kind, payload, total, done, failed, surface, created_by,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $9) returning {JOB_COLUMNS}""",
        caller.team_id,
        new_uid(),
        kind,
        payload,
        total,
        failed,
        caller.surface,
        caller.user_id,
        tx.tick(),
    )
    assert row is not None
    job = Job(**row)
    await set_due(tx, caller, kind, ref=job.id, at=tx.now)
    await record_event(tx, caller, "job.created", job.id, kind=kind)
    return job


async def take_slice(tx: Transaction, caller: Caller, kind: str, *, ref: int) -> Slice | None:
    """Return None if nothing is left to do."""
    # Two workers must not take the same slice: the second waits here and reads what is left.
    row = await tx.fetch_row(
        f"select j.payload, {JOB_COLUMNS} from jobs j where j.team_id = $1 and j.id = $2 for update",
        caller.team_id,
        ref,
    )
    if row is None or not await claim_due(tx, caller.team_id, kind, ref=ref):
        return None
    payload, *members = row
    job = Job(**dict(zip(Job.__struct_fields__, members, strict=True)))
    uid = (await user_uids(tx, caller, [job.created_by]))[job.created_by]
    asker = msgspec.structs.replace(caller, user_id=job.created_by, user_uid=uid, surface=job.surface)
    return Slice(job, payload, asker)


async def put_slice(tx: Transaction, part: Slice, *, done: int, failed: int) -> bool:
    """Record progress. The rest is due at once, or the job is finished and its payload deleted.

    Return whether there is a rest.
    """
    job = part.job
    finished = job.done + done >= job.total
    await tx.execute(
        """update jobs j set done = j.done + $3, failed = j.failed + $4, updated_at = $5, status = $6,
            payload = case when $6 = 'done' then null else j.payload end
        where j.team_id = $1 and j.id = $2""",
        part.caller.team_id,
        job.id,
        done,
        failed,
        tx.tick(),
        "done" if finished else "running",
    )
    at: datetime | None = None if finished else tx.now
    await set_due(tx, part.caller, job.kind, ref=job.id, at=at)
    return not finished
