"""Finds files that were deleted, and uploads that were never finished."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from touchbook.core.transaction import OpenStore

UNFINISHED_KEPT = timedelta(days=1)
DELETED_KEPT = timedelta(days=30)
_AT_ONCE = 1000


class Sweepable(Struct, frozen=True):
    team_id: int
    id: int
    place: str


async def find_sweepable(store: OpenStore) -> Sequence[Sweepable]:
    """Search all teams, in random order, so that no failing entry blocks the others.

    An upload that takes a day is discarded.
    """
    async with store.transaction() as tx:
        await tx.execute(
            """update files set deleted_at = $1
            where stored_at is null and deleted_at is null and created_at < $2""",
            tx.now,
            tx.now - UNFINISHED_KEPT,
        )
        rows = await tx.fetch(
            """select f.team_id, f.id, f.place from files f
            where f.deleted_at < $1 or (f.stored_at is null and f.deleted_at is not null)
            order by random() limit $2""",
            tx.now - DELETED_KEPT,
            _AT_ONCE,
        )
    return [Sweepable(*row) for row in rows]
