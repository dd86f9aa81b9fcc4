"""Clients that mean harm, over the wire: memory stays bounded, and others are served meanwhile."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Running, Script
from tests.people import bearer_headers, ysuite_headers
from touchbook.store.embedded import open_embedded

pytestmark = pytest.mark.long

MB = 1024 * 1024
# Of what another team's client waits for.
LONGEST_WAIT = 1.0


@dataclass
class Site:
    """A server as it is run, and `demo`, whose users are there."""

    running: Running
    demo: dict[str, Any]
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
                    connection.request("GET", "/v1/tasks", headers=ysuite_headers(self.demo["users"][1]["key"]))
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


@pytest.fixture
def site(ground: Path) -> Iterator[Site]:
    script = Script(ground / "hostile", {"TOUCHBOOK_RATE_LIMIT": "off"})
    with open_embedded(script.data_dir):
        demo = script.demo()
        with (ground / "hostile.log").open("w") as log, script.running("serve", "--port", "0", log=log) as running:
            yield Site(running, demo)


async def close(*connections: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
    for _, writer in connections:
        writer.close()
    for _, writer in connections:
        with suppress(ConnectionError):
            await writer.wait_closed()


async def until_ended(connections: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
    async def end(reader: asyncio.StreamReader) -> None:
        with suppress(ConnectionError):
            while await reader.read(MB):
                pass

    await asyncio.wait_for(asyncio.gather(*(end(reader) for reader, _ in connections)), 60)


async def test_idle_connections(site: Site) -> None:
    before = site.memory()
    async with site.others():
        idle = [await site.connect() for _ in range(2000)]
        held = site.memory() - before
        await until_ended(idle)
    print(f"2,000 idle connections: {held // MB} MB")
    assert held < 50 * MB
    await close(*idle)


@pytest.mark.parametrize("begin", [b"GET /", b"GET / HTTP/1.1\r\nlong: ", b"GET / HTTP/1.1\r\n"])
async def test_huge_heads(site: Site, begin: bytes) -> None:
    before, used = site.memory(), site.seconds()
    piece = b"a: b\r\n" * (MB // 6) if begin.endswith(b"\n") else b"x" * MB
    async with site.others():
        sent = await asyncio.gather(*(site.connect(begin, *[piece] * 100) for _ in range(5)))
    print(f"5 heads of 100 MB: {(site.memory() - before) // MB} MB, {site.seconds() - used:.2f} s")
    assert site.memory() - before < 50 * MB
    await close(*sent)


@pytest.mark.parametrize("size", [MB - 100, 15 * MB])
async def test_stalled_bodies(site: Site, size: int) -> None:
    """With a key that is valid; they are ended by themselves."""
    before = site.memory()
    authorization = bearer_headers(site.key)["authorization"]
    head = f"POST /contacts HTTP/1.1\r\nhost: here\r\nauthorization: {authorization}\r\n"
    head += f"content-length: {size + 50}\r\n\r\n"
    piece = b" " * (size // 10)
    async with site.others():
        stalled = await asyncio.gather(*(site.connect(head.encode(), *[piece] * 10) for _ in range(100)))
        held = site.memory() - before
        await until_ended(stalled)
    print(f"100 stalled bodies of {size // MB} MB: {held // MB} MB")
    assert held < 300 * MB
    await close(*stalled)


@pytest.mark.parametrize("contacts", [5000, 1])
async def test_the_largest_bodies(site: Site, contacts: int) -> None:
    """Refused for the last of their contacts, when all of it has been read."""
    attribute = {"attribute_type": "note", "text": "é" * (1400 if contacts > 1 else 1000)}
    good = {"user": site.demo["users"][0]["id"], "attributes": [attribute] * (1 if contacts > 1 else 400)}
    body = {"contacts": [*[good] * (contacts - 1), {**good, "user": 5}]}
    async with site.others(), httpx.AsyncClient(base_url=site.running.url, timeout=60) as client:
        used = site.seconds()
        answer = await client.post("/contacts", json=body, headers=bearer_headers(site.key))
    print(f"{contacts} contacts, {len(answer.request.content) // MB} MB: {site.seconds() - used:.2f} s")
    assert answer.status_code == 400
