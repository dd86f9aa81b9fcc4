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
with queue as materialized (
    select q.dedupe_key as key,
        max(case when q.status = 'failed' then (q.headers ->> 'at')::timestamptz else 'infinity' end) as at
    from pgqueuer q where q.status in ('queued', 'picked', 'failed') group by q.dedupe_key
)
select d.kind, d.team_id, d.ref, d.at from due d
left join queue on queue.key = d.kind || ':' || d.team_id || ':' || d.ref
where d.at <= $1 and d.kind = any($2::text[]) and (queue.at is null or queue.at < d.at)
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
