"""A server that says nothing is given up: while connecting, in the middle of a statement, and by the socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.store.cutting import Cut, cutting
from touchbook.core.errors import Unavailable
from touchbook.store import connecting, watching
from touchbook.store.address import read_address
from touchbook.store.connecting import Connector
from touchbook.store.postgres import SERVER_SETTINGS, Store


class Frozen:
    """A server that takes connections and says nothing; `connections` counts them."""

    def __init__(self) -> None:
        self.connections = 0

    async def passing(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        await reader.read()
        writer.close()


@asynccontextmanager
async def frozen() -> AsyncIterator[tuple[Frozen, int]]:
    each = Frozen()
    server = await asyncio.start_server(each.passing, "127.0.0.1", 0)
    try:
        yield each, server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
async def cut(database_url: str) -> AsyncIterator[tuple[Cut, str]]:
    async with cutting(database_url) as opened:
        yield opened


async def test_a_silent_host_is_tried_last_for_a_while(cut: tuple[Cut, str]) -> None:
    address = read_address(cut[1])
    async with frozen() as (silent, port):
        given = dict(address.given) | {"host": f"127.0.0.1,{address.given['host']}", "port": f"{port},5432"}
        connector = Connector(type(address)(given), seconds=0.3)
        connecting_, seen = connector.connect, []
        for _ in range(3):
            connection = await connecting_()
            seen.append(await connection.fetchval("select 1"))
            await connection.close()
        assert (seen, silent.connections) == ([1, 1, 1], 1)


async def test_who_waits_no_longer_has_found_a_host_silent_too(
    cut: tuple[Cut, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else all who give up sooner than we do would find it silent for ever."""
    monkeypatch.setattr(connecting, "_SILENCE", 0.1)
    address = read_address(cut[1])
    async with frozen() as (silent, port):
        given = dict(address.given) | {"host": f"127.0.0.1,{address.given['host']}", "port": f"{port},5432"}
        connector = Connector(type(address)(given))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connector.connect(), 0.3)
        connection = await asyncio.wait_for(connector.connect(), 10)
        await connection.close()
        assert silent.connections == 1


async def test_a_host_that_answers_again_is_tried_first_again() -> None:
    connector = Connector(read_address("postgresql://one:1,two:2/db"))
    [one, two] = connecting._ways(connector._address)
    connector._note(one, asyncio.get_running_loop().time(), heard=False)
    assert sorted([one, two], key=connector._is_avoided) == [two, one]
    connector._note(one, asyncio.get_running_loop().time(), heard=True)
    assert sorted([one, two], key=connector._is_avoided) == [one, two]


@pytest.mark.parametrize("kept", [True, False])
async def test_a_statement_is_given_up_when_its_server_is_silent(
    kept: bool, cut: tuple[Cut, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And with it those connections that rest. However long a living one takes, it is waited for."""
    monkeypatch.setattr(watching, "_LONG", 0.05)
    asked, answers = asyncio.Event(), watching.answers

    async def ask(address: str) -> bool:
        asked.set()
        return kept and await answers(address, seconds=5)

    monkeypatch.setattr(watching, "answers", ask)
    store = await Store.open(cut[1], size=2)
    if kept:
        async with store.transaction() as tx:
            assert await tx.fetch_value("select 1 from pg_sleep(0.4)") == 1
    else:
        async with store.connection(), store.connection() as resting:
            before = resting.get_server_pid()
        with pytest.raises(Unavailable):
            async with store.transaction() as tx:
                await tx.fetch_value("select 1 from pg_sleep(60)")
        async with store.connection() as one, store.connection() as two:
            assert before not in (one.get_server_pid(), two.get_server_pid())
    assert asked.is_set()
    await store.close()


async def test_a_frozen_server_gives_no_sign_of_life(cut: tuple[Cut, str]) -> None:
    async with frozen() as (_, port):
        assert not await watching.answers(("127.0.0.1", port), seconds=0.2)
    assert await watching.answers(str(cut[0].directory / ".s.PGSQL.5432"))


async def test_a_command_that_takes_too_long_costs_its_connection_alone(cut: tuple[Cut, str]) -> None:
    """No rollback and no cancelling are sent after it: a frozen server would answer neither."""
    store = await Store.open(cut[1], size=1, command_timeout=0.3)
    seen: list[bytes] = []
    cut[0].watch = seen.append

    async def take_too_long() -> None:
        async with store.transaction() as tx:
            await tx.fetch_value("select 1 from pg_sleep(60)")

    with pytest.raises(Unavailable):
        await take_too_long()
    assert b"ROLLBACK" not in b"".join(seen)
    async with store.reading() as reader:
        assert await reader.fetch_value("select 7") == 7
    await store.close()


@pytest.mark.parametrize(("query", "expected"), [("", 10_000), ("?tcp_user_timeout=1500&keepalives_idle=7", 1500)])
async def test_the_socket_gives_up_a_peer_that_is_gone(query: str, expected: int) -> None:
    """Those of the pool, of jobs and of listening are all opened in one place."""
    async with frozen() as (_, port):
        _, writer = await asyncio.open_connection("127.0.0.1", port)

        class Connection:
            _transport = writer.transport

        connecting.tune(Connection(), read_address(f"postgresql://127.0.0.1/db{query}"))
        peer = writer.get_extra_info("socket")
        assert peer.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == expected
        assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == (7 if query else 5)
        writer.close()


async def test_a_pool_behind_a_pooler_asks_for_no_settings(cut: tuple[Cut, str]) -> None:
    """It would refuse them; and statements have no name and stand in transactions: the next may go elsewhere."""
    seen: list[bytes] = []
    cut[0].watch = seen.append
    store = await Store.open(cut[1], size=1, pooled=True)
    async with store.reading() as reader:
        assert await reader.fetch_value("select 7 + $1::int", 1) == 8
        assert await reader.fetch("select 'x' as x where $1", True) != []
    async with store.transaction() as tx:
        assert await tx.fetch_value("select 7 + $1::int", 1) == 8
    await store.close()
    sent = b"".join(seen)
    assert not [name for name in SERVER_SETTINGS if name.encode() in sent.split(b"BEGIN")[0]]
    assert b"__asyncpg_" not in sent
    assert sent.count(b"BEGIN") == sent.count(b"COMMIT") == 2
    assert b"select" not in sent.split(b"BEGIN")[0]
