"""A server as it is run, beside which another team's client asks all the time."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx

from tests.cli.conftest import Running
from tests.people import ysuite_headers

MB = 1024 * 1024
# Of what another team's client waits for.
LONGEST_WAIT = 1.0


@dataclass
class Site:
    """A server as it is run, `demo`, whose users are there, and a key of another team."""

    running: Running
    demo: dict[str, Any]
    other_key: str
    database_url: str
    waits: list[float] = field(default_factory=list)

    @property
    def port(self) -> int:
        return httpx.URL(self.running.url).port or 80

    @property
    def key(self) -> str:
        key: str = self.demo["users"][0]["key"]
        return key

    def memory(self) -> int:
        """The bytes that the process has in memory."""
        status = Path(f"/proc/{self.running.process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) * 1024

    def seconds(self) -> float:
        """The CPU that the process has used, in seconds."""
        parts = Path(f"/proc/{self.running.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(parts[11]) + int(parts[12])) / 100

    @asynccontextmanager
    async def others(self) -> AsyncIterator[None]:
        """Another client asks all the time; each of its requests is answered soon, on a connection of its own."""
        stop, asked = threading.Event(), threading.Event()

        def ask() -> None:
            while not stop.wait(0.05):
                began = time.monotonic()
                with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
                    connection.request("GET", "/v1/tasks", headers=ysuite_headers(self.other_key))
                    assert connection.getresponse().status == 200
                self.waits.append(time.monotonic() - began)
                asked.set()

        asking = asyncio.create_task(asyncio.to_thread(ask))
        await asyncio.to_thread(asked.wait, 30)
        self.waits.clear()
        try:
            yield
            await asyncio.sleep(0.1)
        finally:
            stop.set()
            await asking
        print(f"{len(self.waits)} requests of others, the longest took {max(self.waits):.3f} s")
        assert max(self.waits) < LONGEST_WAIT

    async def connect(self, *pieces: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection over which the pieces are sent, as far as the server takes them."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        with suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        return reader, writer
