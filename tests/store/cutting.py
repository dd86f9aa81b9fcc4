"""A PostgreSQL that goes away at a chosen instant: a proxy that cuts, or garbles, what the database answers."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from touchbook.store.address import read_address


class Cut:
    """What asks for `moment` is not handed on: it gets `answer`, and the line is cut."""

    def __init__(self, url: str) -> None:
        host, port = read_address(url).hosts[0]
        self._far = f"{host}/.s.PGSQL.{port}" if host.startswith("/") else None
        self._address = (host, port)
        self.directory = Path(tempfile.mkdtemp(prefix="cut-"))
        self.moment: bytes | None = None
        self.answer = b""
        self.watch: Callable[[bytes], None] = lambda _: None

    async def passing(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await self._connect()
        answering = asyncio.create_task(_carry(far_reader, writer))
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if self.moment is not None and self.moment in data:
                    writer.write(self.answer)
                    await writer.drain()
                    break
                self.watch(data)
                far_writer.write(data)
                await far_writer.drain()
        answering.cancel()
        for each in (writer, far_writer):
            each.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._far is not None:
            return await asyncio.open_unix_connection(self._far)
        return await asyncio.open_connection(*self._address)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def cutting(url: str) -> AsyncIterator[tuple[Cut, str]]:
    """The proxy, and the address of the same database through it."""
    given = read_address(url).given
    cut = Cut(url)
    server = await asyncio.start_unix_server(cut.passing, cut.directory / ".s.PGSQL.5432")
    through = f"postgresql://{given['user']}:{given.get('password', '')}@/{given['dbname']}?host={cut.directory}"
    try:
        yield cut, through
    finally:
        server.close()
        shutil.rmtree(cut.directory)


def refusal(state: str, routine: str = "") -> bytes:
    """PostgreSQL's message of an error with this SQLSTATE."""
    fields = {"S": "ERROR", "V": "ERROR", "C": state, "M": "refused", "R": routine}
    body = b"".join(name.encode() + text.encode() + b"\0" for name, text in fields.items() if text) + b"\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body
