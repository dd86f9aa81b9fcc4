"""A database of a frozen schema, with its one team."""

import gzip
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from tests.store.frozen.making import HERE
from touchbook.core.rederiving import parts_left
from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.embedded import Embedded
from touchbook.store.postgres import Store

TEAM = 1


async def restore(embedded: Embedded, revision: str, name: str) -> str:
    """Return the URL of a new database with what was dumped at that revision."""
    url = embedded.create_database(name)
    connection = await connect(read_address(url))
    try:
        await connection.execute(gzip.decompress((HERE / f"{revision}.sql.gz").read_bytes()).decode())
    finally:
        await connection.close()
    return url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Store]:
    store = await Store.open(url)
    try:
        yield store
    finally:
        await store.close()


async def left_of(store: Store) -> Mapping[str, int]:
    """Return what is left to be derived anew."""
    async with store.reading() as reader:
        return await parts_left(reader)
