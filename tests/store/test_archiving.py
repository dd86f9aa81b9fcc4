from pathlib import Path

import asyncpg

from tests.core.files.rows import file_of
from tests.people import Person
from touchbook.core.files.listing import list_stored
from touchbook.store.archiving import export_snapshot
from touchbook.store.files import Directory
from touchbook.store.postgres import Store


async def test_files_are_those_of_the_dumps_instant(
    store: Store, database_url: str, alice: Person, tmp_path: Path
) -> None:
    """Another transaction that takes the snapshot, as pg_dump does, sees what this one sees."""
    storage = Directory(tmp_path / "files")
    before = await file_of(store, storage, alice)
    async with store.transaction() as tx:
        snapshot = await export_snapshot(tx)
        later = await file_of(store, storage, alice)
        places = {stored.place for stored in await list_stored(tx)}
        assert await places_of(database_url, snapshot) == places
    assert before.place in places
    assert later.place not in places


async def places_of(url: str, snapshot: str) -> set[str]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            await connection.execute(f"set transaction snapshot '{snapshot}'")
            return {
                row["place"]
                for row in await connection.fetch("select place from files where stored_at is not null")
            }
    finally:
        await connection.close()
