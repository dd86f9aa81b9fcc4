"""What is bounded before anybody knows who asks: heads, idle and silent connections, and how many there are."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from touchbook.cli import answering, connection
from touchbook.cli.answering import HttpServer

HEAD = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 100\r\n\r\n"
CHUNKED = b"POST / HTTP/1.1\r\nhost: here\r\ntransfer-encoding: chunked\r\n\r\n"


class App:
    """Answers with the length of the body; `/early` at once, `/late` when `released`, `/much` with a lot."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.released = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        if scope["path"] == "/late":
            await self.released.wait()
        try:
            text = "" if scope["path"] == "/early" else str(len(await Request(scope, receive).body()))
        except Exception as gone:
            self.ended.append(type(gone).__name__)
            raise
        await PlainTextResponse("x" * 50_000_000 if scope["path"] == "/much" else text)(scope, receive, send)


class Client:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, bytes]:
        """The status and the body of the next answer."""
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 10)
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(head.split()[1]), await self.reader.readexactly(length)

    async def is_closed(self) -> bool:
        return await asyncio.wait_for(self.reader.read(), 10) == b""


class Site:
    def __init__(self, port: int, app: App, server: HttpServer) -> None:
        self.app, self.server, self._port = app, server, port
        self._clients: list[Client] = []

    async def connect(self, data: bytes = b"") -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self._port))
        client.send(data)
        self._clients.append(client)
        return client

    async def until_open(self, count: int) -> None:
        while len(self.server.server_state.connections) != count:
            await asyncio.sleep(0.01)

    def close(self) -> None:
        for client in self._clients:
            client.writer.close()


@asynccontextmanager
async def serving(most: int = 100) -> AsyncIterator[Site]:
    app, stop = App(), asyncio.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HttpServer(app, listener, stop, connections=most)
        begun = asyncio.Event()
        running = asyncio.create_task(server.answer(begun.set))
        await begun.wait()
        site = Site(listener.getsockname()[1], app, server)
        try:
            yield site
        finally:
            site.close()
            server.hurry()
            stop.set()
            await running


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with serving() as site:
        yield site


@pytest.fixture(autouse=True)
def swept_at_each_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_TICKS_A_SWEEP", 1)


def at_once(monkeypatch: pytest.MonkeyPatch, bound: str) -> None:
    monkeypatch.setattr(connection, bound, 0.0)


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\r\naccept: */*\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: here\r\nHost: there\r\n\r\n",
        b"POST / HTTP/1.1\r\ncontent-length: 100\r\n\r\n",
    ],
)
async def test_a_request_names_one_host(site: Site, head: bytes) -> None:
    client = await site.connect(head)
    assert await client.answer() == (400, b"Bad Request")
    assert await client.is_closed()
    later = await site.connect(HEAD)
    assert (await later.answer())[0] == 200
    later.send(head)
    assert (await later.answer())[0] == 400


async def test_before_11_none_is_needed(site: Site) -> None:
    client = await site.connect(b"GET / HTTP/1.0\r\n\r\n")
    assert await client.answer() == (200, b"0")


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"x" * connection.LARGEST_HEAD,
        b"GET / HTTP/1.1\r\nlong: " + b"x" * connection.LARGEST_HEAD,
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * (connection.LARGEST_HEAD // 6),
        b"GET /%s HTTP/1.1\r\nhost: here\r\n\r\n" % (b"x" * connection.LARGEST_HEAD),
    ],
)
async def test_a_head_is_read_to_its_bound(site: Site, head: bytes, caplog: pytest.LogCaptureFixture) -> None:
    client = await site.connect(head)
    assert await client.answer() == (431, b"Request Header Fields Too Large")
    assert await client.is_closed()
    assert not [record for record in caplog.records if record.name == "asyncio"]


async def test_one_just_below_is_answered(site: Site) -> None:
    address, header = b"x" * 60_000, b"x" * (connection.LARGEST_HEAD - 60_050)
    client = await site.connect(b"GET /%s HTTP/1.1\r\nhost: here\r\nlong: %s\r\n\r\n" % (address, header))
    assert await client.answer() == (200, b"0")


async def test_what_follows_a_chunked_body_is_bounded_too(site: Site) -> None:
    client = await site.connect(CHUNKED + b"1\r\nx\r\n0\r\n")
    for _ in range(200):
        client.send(b"a: " + b"b" * 1000 + b"\r\n")
        await asyncio.sleep(0)
    assert await client.answer() == (431, b"Request Header Fields Too Large")
    assert site.app.ended == ["ClientDisconnect"]


async def test_a_refused_one_may_go_on_sending_and_is_not_heard(site: Site) -> None:
    client = await site.connect(b"GET /" + b"x" * connection.LARGEST_HEAD)
    await site.until_open(1)
    client.send(b"x" * 1_000_000)
    assert (await client.answer())[0] == 431
    assert not site.server.server_state.tasks


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nhost: h", HEAD + b"GET /", HEAD + b"\r\n\r\n"])
async def test_a_head_has_its_time(site: Site, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    at_once(monkeypatch, "HEAD_SECONDS")
    client = await site.connect(begun)
    if begun.startswith(HEAD):
        assert (await client.answer())[0] == 200
    assert await client.answer() == (408, b"Request Timeout")
    assert await client.is_closed()


@pytest.mark.parametrize(
    "request_", [POST + b"some", CHUNKED, CHUNKED + b"1\r\nx\r\n", CHUNKED + b"0\r\na: b\r\n"]
)
async def test_a_silent_body_is_ended(site: Site, monkeypatch: pytest.MonkeyPatch, request_: bytes) -> None:
    at_once(monkeypatch, "SILENT_SECONDS")
    client = await site.connect(request_)
    assert await client.answer() == (408, b"Request Timeout")
    assert await client.is_closed()
    assert site.app.ended == ["ClientDisconnect"]


async def test_one_that_nobody_reads_yet_is_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its client waits for us."""
    at_once(monkeypatch, "HEAD_SECONDS")
    late = b"POST /late HTTP/1.1\r\nhost: here\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n"
    client = await site.connect(late)
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.3)
    await asyncio.sleep(0.5)
    site.app.released.set()
    assert b"100" in await client.reader.readuntil(b"\r\n\r\n")
    client.send(b"abc")
    assert await client.answer() == (200, b"3")


async def test_the_rest_of_an_answered_body_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once(monkeypatch, "REST_SECONDS")
    client = await site.connect(POST.replace(b"/", b"/early", 1))
    assert (await client.answer())[0] == 200
    assert await client.is_closed()


async def test_an_answer_that_nobody_takes_is_given_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await site.connect(HEAD.replace(b"/", b"/much", 1))
    await site.until_open(1)
    client.writer.transport.pause_reading()  # type: ignore[attr-defined]
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.3)
    await site.until_open(0)


async def test_an_idle_connection_is_closed(site: Site) -> None:
    site.server.config.timeout_keep_alive = 0
    client = await site.connect(HEAD)
    assert (await client.answer())[0] == 200
    assert await client.is_closed()


async def test_a_new_connection_takes_the_place_of_the_longest_idle_one() -> None:
    async with serving(most=3) as site:
        busy = await site.connect(HEAD.replace(b"/", b"/late", 1))
        await site.until_open(1)
        idle = await site.connect()
        await site.until_open(2)
        used = await site.connect(HEAD)
        assert (await used.answer())[0] == 200
        another = await site.connect(HEAD)
        assert (await another.answer())[0] == 200
        assert await idle.is_closed()
        used.send(HEAD)
        assert (await used.answer())[0] == 200
        await site.until_open(3)
        site.app.released.set()
        assert (await busy.answer())[0] == 200


async def test_where_all_are_busy_a_new_one_is_refused() -> None:
    async with serving(most=2) as site:
        busy = [await site.connect(HEAD.replace(b"/", b"/late", 1)) for _ in range(2)]
        while len(site.server.server_state.tasks) < 2:
            await asyncio.sleep(0.01)
        refused = await site.connect()
        assert await refused.answer() == (503, b"Service Unavailable")
        await site.until_open(2)
        site.app.released.set()
        assert [(await each.answer())[0] for each in busy] == [200, 200]


async def test_few_requests_wait_for_the_one_ahead(site: Site) -> None:
    client = await site.connect(HEAD.replace(b"/", b"/late", 1) + HEAD * 1000)
    assert await client.is_closed()
    site.app.released.set()


async def test_those_few_are_answered_in_order(site: Site) -> None:
    client = await site.connect(HEAD.replace(b"/", b"/late", 1) + HEAD * 5)
    site.app.released.set()
    assert [(await client.answer())[0] for _ in range(6)] == [200] * 6
