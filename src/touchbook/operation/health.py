"""Reports whether the process lives, and whether it can serve."""

import asyncio

from touchbook.core.errors import Unavailable
from touchbook.operation.backlog import Backlog, Readable, read_backlog

PATIENCE = 2.0


async def why_not_ready(store: Readable, newest: str | None) -> str | None:
    """Return None if the database answers and is at revision `newest`, else the reason."""
    try:
        revision = await asyncio.wait_for(_revision(store), PATIENCE)
    except (Unavailable, TimeoutError):
        return "The database cannot be reached."
    if revision != newest:
        return f"The database is at revision {revision}, not {newest}: run touchbook migrate."
    return None


async def known_backlog(store: Readable) -> Backlog | None:
    """Return None if the database does not answer in time."""
    try:
        return await asyncio.wait_for(read_backlog(store), PATIENCE)
    except (Unavailable, TimeoutError):
        return None


async def _revision(store: Readable) -> str | None:
    async with store.reading() as reader:
        if await reader.fetch_value("select to_regclass('alembic_version')") is None:
            return None
        revision: str | None = await reader.fetch_value("select version_num from alembic_version")
        return revision
