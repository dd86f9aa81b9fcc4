"""Jobs that kept failing and are held until somebody looks: lists and releases them."""

from datetime import datetime

import asyncpg
from msgspec import Struct
from pgqueuer.queries import Queries
from pgqueuer.types import JobId

from touchbook.core.errors import NotFound
from touchbook.core.transaction import Row
from touchbook.jobs.driver import StoreDriver
from touchbook.jobs.scheduled_action import read_action
from touchbook.store.postgres import Store

_HELD = """
select q.id, q.payload, q.attempts, q.updated, (
    select l.traceback ->> 'traceback' from pgqueuer_log l
    where l.job_id = q.id and l.status = 'failed' order by l.created desc, l.id desc limit 1
) as traceback
from pgqueuer q where q.status = 'failed' order by q.id
"""


class HeldJob(Struct, frozen=True, kw_only=True):
    """`attempts` counts tries; `error` is the last line of the failure; `since` is the instant since when it is
    held.
    """

    id: int
    kind: str
    team_id: int
    ref: int
    attempts: int
    error: str
    since: datetime


async def list_held(store: Store) -> list[HeldJob]:
    """Return the held jobs of all teams, the oldest first."""
    async with store.reading() as reader:
        return [_held_job(row) for row in await reader.fetch(_HELD)]


async def release_job(store: Store, job_id: int) -> None:
    """Try the job again from the first attempt. NotFound unless it is held."""
    if all(job.id != job_id for job in await list_held(store)):
        raise NotFound("held job", job_id)
    queries = Queries(StoreDriver(store))
    try:
        await queries.requeue_jobs([JobId(job_id)])
    except asyncpg.UniqueViolationError:  # put off since and queued anew: that job does it
        await queries.mark_job_as_cancelled([JobId(job_id)])


def _held_job(row: Row) -> HeldJob:
    action = read_action(row["payload"])
    lines = (row["traceback"] or "").strip().splitlines()
    return HeldJob(
        id=row["id"],
        kind=action.kind,
        team_id=action.team_id,
        ref=action.ref,
        attempts=row["attempts"] + 1,
        error=lines[-1] if lines else "",
        since=row["updated"],
    )
