"""Compares the kept totals with the records themselves, at the end of every run."""

from touchbook.store.postgres import Store

_DIFFERING = """
with kept as (
    select team_id, noun, sum(number) as number from (
        select team_id, noun, total as number from totals
        union all select team_id, noun, difference from total_changes
    ) each group by 1, 2
), counted as (
    select team_id, 'contact' as noun, count(*) as number from contacts where deleted_at is null group by 1
    union all select team_id, 'task', count(*) from tasks where deleted_at is null group by 1
)
select team_id, noun, coalesce(kept.number, 0)::int, coalesce(counted.number, 0)::int
from kept full join counted using (team_id, noun)
where coalesce(kept.number, 0) <> coalesce(counted.number, 0)
"""


async def other_totals(store: Store) -> list[tuple[int, str, int, int]]:
    """Return the team, the noun, the kept total and the number of records, where these differ."""
    # Not through the store: the statement is of all teams.
    async with store.pool.acquire() as connection:
        return [tuple(row) for row in await connection.fetch(_DIFFERING)]
