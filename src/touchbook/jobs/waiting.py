from datetime import datetime

from msgspec import Struct

from touchbook.store.postgres import Store


class Waiting(Struct, frozen=True, kw_only=True):
    """`queued` jobs wait for a worker or are in progress; `due` ones are in the future or not yet queued, the next
    at `next_at`.
    """

    queued: int
    due: int
    next_at: datetime | None


async def count_waiting(store: Store) -> Waiting:
    """Count jobs of all teams."""
    async with store.reading() as reader:
        row = await reader.fetch_row(
            """select (select count(*) from pgqueuer q where q.status in ('queued', 'picked')) as queued,
                (select count(*) from due d) as due, (select min(d.at) from due d) as next_at"""
        )
    assert row is not None
    return Waiting(**row)
