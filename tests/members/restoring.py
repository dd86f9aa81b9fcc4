"""A server on a backup of the database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.backup import backup, restore
from touchbook.store.embedded import open_embedded
from touchbook.store.postgres import Store


@asynccontextmanager
async def restored(database_url: str, shared_dir: Path, settings: Settings, place: Path) -> AsyncIterator[str]:
    """The address of the server; `place` is a directory for the backup."""
    with open_embedded(shared_dir / "postgres", fsync=False) as embedded:
        backup(database_url, embedded.bin_dir, place / "all.dump")
        url = embedded.create_database(f"members_{place.name.replace('-', '_')}"[:63])
        restore(url, embedded.bin_dir, place / "all.dump")
        store = await Store.open(url)
        async with serving(build_app(settings, store)) as address:
            yield address
        await store.close()
