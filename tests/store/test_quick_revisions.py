"""An upgrade is short: its revisions write no row of a large table anew, and wait for nobody."""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.store.frozen.restoring import restore
from touchbook.store import migrating, revisions
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.errors import StoreError
from touchbook.store.migrating import migrate, revision_of

LARGE = ("tasks", "task_texts", "contacts", "contact_attributes", "contact_texts", "events")
FIRST = "0009"
_ALL = sorted(file.name.partition("_")[0] for file in revisions.VERSIONS.glob("[0-9]*_*.py"))
LATER = [revision for revision in _ALL if revision > FIRST]


async def places_of(connection: asyncpg.Connection) -> dict[str, Any]:
    """Return where each row of the large tables lies: a row that is written anew lies elsewhere."""
    place = "(pg_relation_filenode(x.tableoid), x.ctid, x.xmin)::text"
    places = {
        table: await connection.fetchval(f"select array_agg({place} order by x.tableoid, x.ctid) from {table} x")
        for table in LARGE
    }
    assert all(places.values())
    return places


async def test_no_row_of_a_large_table_is_written_anew(embedded: Embedded) -> None:
    url = await restore(embedded, FIRST, "quick")
    connection = await connect(read_address(url))
    try:
        for revision in LATER:
            before = await places_of(connection)
            await migrate(url, revision)
            after = await places_of(connection)
            assert [table for table in LARGE if before[table] != after[table]] == [], revision
        before = await places_of(connection)
        await connection.execute("update tasks set title = title where id = 1")
        assert [table for table in LARGE if before[table] != (await places_of(connection))[table]] == ["tasks"]
    finally:
        await connection.close()


async def test_a_limit_for_statements_of_requests_is_none_for_it(embedded: Embedded) -> None:
    url = embedded.create_database("limited")
    connection = await connect(read_address(url))
    try:
        await connection.execute("alter database limited set statement_timeout = '300ms'")
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", migrating._LOCK)
            waiting = asyncio.create_task(migrate(url))
            await asyncio.sleep(0.7)
        assert (await waiting)[1] == _ALL[-1]
    finally:
        await connection.close()


async def test_it_gives_up_where_others_hold_a_table(embedded: Embedded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrating, "_PATIENCE", "50ms")
    url = embedded.create_database("held")
    await migrate(url, "0007")
    connection = await connect(read_address(url))
    try:
        async with connection.transaction():
            await connection.execute("select 1 from tasks")
            with pytest.raises(StoreError, match="in use and was left as it is"):
                await migrate(url)
        assert await revision_of(url) == "0007"
        await migrate(url)
    finally:
        await connection.close()
