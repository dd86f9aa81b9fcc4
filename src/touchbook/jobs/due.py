"""Finds what is due, by index and across teams, and queues it."""

from collections.abc import Collection

from pgqueuer.adapters.drivers.asyncpg import AsyncpgPoolDriver
from pgqueuer.queries import Queries

from touchbook.core.transaction import Reader, Row
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.store.postgres import Store

BATCH = 1000

# Passed over: what is queued or in hand, and what failed for this very instant and is held. Put off to
# a later instant, it is tried again.
_DUE = """
select d.kind, d.team_id, d.ref, d.at from due d
where d.at <= $1 and d.kind = any($2::text[]) and not exists (
    select from pgqueuer q
    where q.dedupe_key = d.kind || ':' || d.team_id || ':' || d.ref
    and (q.status in ('queued', 'picked')
        or (q.status = 'failed' and (q.headers ->> 'at')::timestamptz >= d.at))
)
order by d.at limit $3
"""


async def queue_due(store: Store, kinds: Collection[str]) -> int:
    """Queue at most BATCH entries, the longest due first, and return how many. Two workers queue nothing twice."""
    async with store.reading() as reader:
        rows = await _find_due(reader, kinds)
    actions = [ScheduledAction(row["kind"], row["team_id"], row["ref"]) for row in rows]
    # The rows stay in `due` until the job claims them: a queue that loses a job gets it again.
    if actions:
        await Queries(AsyncpgPoolDriver(store.pool)).enqueue(
            [action.kind for action in actions],
            [action.encode() for action in actions],
            [0] * len(actions),
            dedupe_key=[action.key for action in actions],
            headers=[{"at": row["at"].isoformat()} for row in rows],
            on_conflict="skip",
        )
    return len(actions)


async def _find_due(reader: Reader, kinds: Collection[str]) -> list[Row]:
    return list(await reader.fetch(_DUE, reader.now, sorted(kinds), BATCH))
