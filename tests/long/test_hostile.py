"""Clients that mean harm, over the wire: memory stays bounded, and others are served meanwhile."""

import asyncio
from contextlib import suppress

import httpx
import pytest

from tests.long.site import MB, Site
from tests.people import bearer_headers

pytestmark = pytest.mark.long


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
    good = {"user": site.demo["users"][0]["uid"], "attributes": [attribute] * (1 if contacts > 1 else 400)}
    body = {"contacts": [*[good] * (contacts - 1), {**good, "user": 5}]}
    async with site.others(), httpx.AsyncClient(base_url=site.running.url, timeout=60) as client:
        used = site.seconds()
        answer = await client.post("/contacts", json=body, headers=bearer_headers(site.key))
    print(f"{contacts} contacts, {len(answer.request.content) // MB} MB: {site.seconds() - used:.2f} s")
    assert answer.status_code == 400
