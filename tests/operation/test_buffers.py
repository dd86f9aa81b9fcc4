"""So many bytes of bodies are held at once; what is beyond it is refused before it is read."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp

from tests.people import Person, rechat_client
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.http import buffers
from touchbook.http.buffers import Buffers
from touchbook.store.postgres import Store

MB = 1024 * 1024


@pytest.fixture
def app(store: Store, settings: Settings) -> ASGIApp:
    return build_app(settings, store)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> list[Buffers]:
    """The buffers of every server that is built."""
    built: list[Buffers] = []
    begin = Buffers.__init__

    def note(self: Buffers) -> None:
        begin(self)
        built.append(self)

    monkeypatch.setattr(Buffers, "__init__", note)
    return built


class Stalled:
    """A body that stops after `size` bytes until it is let go."""

    def __init__(self, size: int) -> None:
        self._size = size
        self.go = asyncio.Event()

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b" " * self._size
        await self.go.wait()
        yield b"{}"


async def until_held(known: list[Buffers], size: int) -> None:
    while known[-1].held.total() != size:
        await asyncio.sleep(0.01)


async def test_few_large_bodies_of_a_key(known: list[Buffers], app: ASGIApp, alice: Person, bob: Person) -> None:
    async with serving(app) as url:
        mine, others = rechat_client(url, alice.key), rechat_client(url, bob.key)
        stalled = [Stalled(2 * MB) for _ in range(4)]
        sent = [asyncio.create_task(mine.post("/contacts", content=aiter(each))) for each in stalled]
        await until_held(known, buffers.MOST_OF_A_KEY)
        refused = await mine.post("/contacts", content=b" " * (2 * MB))
        small = await mine.post("/contacts", content=b"{}")
        other = await others.post("/contacts", content=b" " * (2 * MB))
        for each in stalled:
            each.go.set()
        answers = await asyncio.gather(*sent)
        after = await mine.post("/contacts", content=b" " * (2 * MB))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert [answer.status_code for answer in (small, other, after)] == [400] * 3
    assert [answer.status_code for answer in answers] == [400] * 4
    assert not known[-1].held


async def test_what_is_held_in_all_is_bounded(
    known: list[Buffers], app: ASGIApp, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffers, "MOST_IN_ALL", 100_000 - buffers.LARGE)
    async with serving(app) as url:
        stalled = Stalled(90_000)
        sent = asyncio.create_task(rechat_client(url, alice.key).post("/contacts", content=aiter(stalled)))
        await until_held(known, 90_000)
        refused = await rechat_client(url, bob.key).post("/contacts", content=b" " * 20_000)
        stalled.go.set()
        assert (await sent).status_code == 400
    assert refused.status_code == 503
    assert not known[-1].held


async def test_a_file_on_its_way_is_a_large_body(
    known: list[Buffers], app: ASGIApp, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(buffers, "MOST_OF_A_KEY", 0)
    async with serving(app) as url:
        answer = await rechat_client(url, alice.key).post(
            "/contacts/upload", files={"file": ("a.txt", b"x" * 2 * MB)}
        )
    assert answer.status_code == 503
    assert not known[-1].held


async def test_a_body_that_declares_too_much_is_not_read(app: ASGIApp, alice: Person) -> None:
    async with serving(app) as url:
        reader, writer = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
        head = f"POST /contacts HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {alice.key}\r\n"
        writer.write(f"{head}content-length: {17 * MB}\r\n\r\nsome".encode())
        assert b" 413 " in await asyncio.wait_for(reader.readline(), 10)
        writer.close()
