"""A gate in front of the real database: shut, the database is away; open, it is back."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
from sqlalchemy.engine import make_url

from touchbook.store.postgres import Store

BEHIND = "behind the gate"
_PORT = 5432


class Gate:
    def __init__(self, server: str, port: int) -> None:
        """`server`: a host, or the directory of a socket."""
        self._server, self._server_port = server, port
        self._passing: set[asyncio.StreamWriter] = set()
        self._open = True
        self.was_shut = False
        self.directory = Path(tempfile.mkdtemp(prefix="gate-"))

    def shut(self) -> None:
        self._open, self.was_shut = False, True
        for writer in self._passing:
            writer.transport.abort()

    def open(self) -> None:
        self._open = True

    @contextlib.asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self._pass, self.directory / f".s.PGSQL.{_PORT}")
        try:
            yield
        finally:
            self.shut()
            server.close()
            shutil.rmtree(self.directory)

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._open:
            writer.transport.abort()
            return
        far_reader, far_writer = await self._connect()
        self._passing |= {writer, far_writer}
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
        self._passing -= {writer, far_writer}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._server.startswith("/"):
            return await asyncio.open_unix_connection(f"{self._server}/.s.PGSQL.{self._server_port}")
        return await asyncio.open_connection(self._server, self._server_port)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def behind_a_gate(database_url: str, store: Store) -> AsyncIterator[tuple[Gate, Store]]:
    """The same database and the same clock as `store`, reached through the gate alone."""
    gate = Gate(*_address(database_url))
    async with gate.standing():
        pool = await asyncpg.create_pool(
            database_url,
            host=str(gate.directory),
            port=_PORT,
            ssl=False,
            min_size=0,
            max_size=10,
            server_settings={"application_name": BEHIND},
        )
        try:
            yield gate, Store(pool, clock=store.clock)
        finally:
            await pool.close()


def _address(database_url: str) -> tuple[str, int]:
    url = make_url(database_url)
    host = url.query.get("host", url.host)
    assert isinstance(host, str)
    return host, url.port or int(str(url.query.get("port", _PORT)))
