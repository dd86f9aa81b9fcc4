"""All files of all teams, for a backup."""

from collections.abc import Sequence

from msgspec import Struct

from touchbook.core.transaction import Reader


class Stored(Struct, frozen=True):
    """A file with stored bytes. One that is not live was deleted; the sweep removes its bytes later."""

    place: str
    size: int
    live: bool


async def list_stored(reader: Reader) -> Sequence[Stored]:
    rows = await reader.fetch(
        """select f.place, f.size, f.deleted_at is null as live from files f
        where f.stored_at is not null order by f.created_at, f.id"""
    )
    return [Stored(*row) for row in rows]
