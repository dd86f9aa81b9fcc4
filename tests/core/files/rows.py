"""What is left of files, in the database and in a directory."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from tests.jobs.working import ahead
from tests.people import Person
from touchbook.core.files.file import File
from touchbook.core.files.receiving import begin_file, keep_file, store_bytes
from touchbook.core.files.storage import Storage
from touchbook.jobs.sweeping_files import sweep_files
from touchbook.store.postgres import Store


async def chunks_of(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


async def file_of(
    store: Store, storage: Storage, person: Person, content: bytes = b"x", name: str = "notes.txt"
) -> File:
    async with store.transaction() as tx:
        begun = await begin_file(tx, person.caller, name=name)
    upload = await store_bytes(storage, begun, chunks_of(content))
    async with store.transaction() as tx:
        return await keep_file(tx, person.caller, upload)


async def rows_of(store: Store, person: Person) -> list[tuple[str, bool, bool]]:
    """Of each file its name, whether it is stored, whether it was deleted or given up."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select f.name, f.stored_at is not null, f.deleted_at is not null from files f
            where f.team_id = $1 order by f.id""",
            person.team.id,
        )
    return [tuple(row) for row in rows]


async def file_events_of(store: Store, person: Person) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select e.kind from events e where e.team_id = $1 and e.kind like '%file%' order by e.at, e.id",
            person.team.id,
        )
    return [row["kind"] for row in rows]


def left_in(directory: Path) -> list[Path]:
    """Files and directories below it."""
    return sorted(directory.rglob("*"))


async def sweep(store: Store, storage: Storage, *, after: timedelta) -> None:
    await sweep_files(ahead(store, after), storage)
