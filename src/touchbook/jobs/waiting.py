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
        queued = await reader.fetch_value("select count(*) from pgqueuer q where q.status in ('queued', 'picked')")
        row = await reader.fetch_row("select count(*) as due, min(d.at) as next_at from due d")
    assert row is not None
    return Waiting(queued=queued, **row)
