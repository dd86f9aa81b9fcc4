"""Finds what is due, by index and across teams, and queues it."""

from collections.abc import Mapping, Sequence

from pgqueuer.queries import Queries

from touchbook.core.transaction import Reader, Row
from touchbook.jobs.driver import StoreDriver
from touchbook.jobs.scheduled_action import ScheduledAction, ScheduledActions, all_of
from touchbook.jobs.work import ManyAtOnce, Work
from touchbook.store.postgres import Store

BATCH = 1000

# Passed over: what is queued or in hand, and what failed for this very instant and is held. Put off to
# a later instant, it is tried again.
_TAKEN = """taken as materialized (
    select q.dedupe_key as key,
        case q.status when 'failed' then (q.headers ->> 'at')::timestamptz else 'infinity' end as at
    from pgqueuer q where q.status in ('queued', 'picked', 'failed') and q.dedupe_key is not null
)"""
_FREE = """not exists (select 1 from taken
    where taken.key = d.kind || ':' || d.team_id || ':' || d.ref and taken.at >= d.at)"""
_DUE = f"""
with {_TAKEN}
select d.kind, d.team_id, d.ref, d.at from due d where d.at <= $1 and d.kind = any($2::text[]) and {_FREE}
order by d.at limit $3
"""
_DUE_TEAMS = f"""
with {_TAKEN}
select d.kind, d.team_id, min(d.at) as at from due d where d.at <= $1 and d.kind = any($2::text[])
and not exists (select 1 from taken whole where whole.key = d.kind || ':' || d.team_id || ':') and {_FREE}
group by d.kind, d.team_id order by 3 limit $3
"""
_NEXT = f"""
with next as materialized (
    select d.ref, d.at from due d where d.team_id = $1 and d.kind = $2 and d.at <= $3
    and (d.at, d.ref) > (coalesce($4::timestamptz, '-infinity'), coalesce($5::bigint, 0))
    order by d.at, d.ref limit $6
), {_TAKEN}
select next.ref, next.at, count(taken.key) = 0 as is_free from next
left join taken on taken.key = $2::text || ':' || $1::bigint || ':' || next.ref and taken.at >= next.at
group by next.ref, next.at order by next.at, next.ref
"""


async def queue_due(store: Store, kinds: Mapping[str, Work]) -> int:
    """Queue what is due, the longest due first, and return how many jobs: at most BATCH of single records, and as
    many of all that is due in a team. Two workers queue nothing twice.
    """
    together = {kind for kind, work in kinds.items() if isinstance(work, ManyAtOnce)}
    async with store.reading() as reader:
        rows = await _find(reader, _DUE, kinds.keys() - together)
        teams = await _find(reader, _DUE_TEAMS, together)
    await queue_each(store, [(ScheduledAction(row["kind"], row["team_id"], row["ref"]), row) for row in rows])
    await _queue_teams(store, [ScheduledActions(row["kind"], row["team_id"]) for row in teams])
    return len(rows) + len(teams)


async def queue_each(store: Store, actions: Sequence[tuple[ScheduledAction, Row]]) -> None:
    """Queue a job for each action, with its row of `due`."""
    # The rows stay in `due` until the job claims them: a queue that loses a job gets it again.
    if actions:
        await Queries(StoreDriver(store)).enqueue(
            [action.kind for action, _ in actions],
            [action.encode() for action, _ in actions],
            [0] * len(actions),
            dedupe_key=[action.key for action, _ in actions],
            headers=[{"at": row["at"].isoformat()} for _, row in actions],
            on_conflict="skip",
        )


async def next_due(reader: Reader, team_id: int, kind: str, *, after: Row | None, limit: int) -> Sequence[Row]:
    """Return `ref`, `at` and `is_free` of what is due in a team beyond the row `after`, in its order.

    What is not free has a job of its own.
    """
    beyond = (after["at"], after["ref"]) if after else (None, None)
    return await reader.fetch(_NEXT, team_id, kind, reader.now, *beyond, limit)


async def _queue_teams(store: Store, teams: Sequence[ScheduledActions]) -> None:
    if teams:
        await Queries(StoreDriver(store)).enqueue(
            [all_of(each.kind) for each in teams],
            [each.encode() for each in teams],
            [0] * len(teams),
            dedupe_key=[each.key for each in teams],
            on_conflict="skip",
        )


async def _find(reader: Reader, sql: str, kinds: set[str]) -> Sequence[Row]:
    return await reader.fetch(sql, reader.now, sorted(kinds), BATCH) if kinds else []
