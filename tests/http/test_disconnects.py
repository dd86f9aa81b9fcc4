"""A client that is gone ends its query, waits in no line, and never interrupts a commit."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from tests.jobs.working import until
from tests.people import Person, ysuite_headers
from tests.serving import bare_server, serving
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.transaction import Transaction
from touchbook.dialects.ysuite.routes import YSUITE
from touchbook.http.call import Answer, Call
from touchbook.http.mounting import mount
from touchbook.http.route import Route
from touchbook.http.serving import Server
from touchbook.store.postgres import Store

SLEEP = "select pg_sleep(60), 'disconnects'"


async def sleep(call: Call[Any]) -> Answer:
    await call.tx.fetch_value(SLEEP)
    return Answer(b"{}")


async def add_and_sleep(call: Call[Transaction]) -> Answer:
    await add_contact(call.tx, call.caller, PlainMembers(first_name="Half"))
    return await sleep(call)


ROUTES = (
    Route(method="GET", path="/slow", handler=sleep, summary="Read"),
    Route(method="POST", path="/slow", handler=add_and_sleep, summary="Write", scope="write"),
)


@pytest.fixture
def bare(store: Store) -> Server:
    return bare_server(store)


@pytest.fixture
async def url(bare: Server) -> AsyncIterator[str]:
    dialect = msgspec.structs.replace(YSUITE, name="other", prefix="/other", routes=ROUTES)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope.setdefault("state", {})["path"] = scope["path"]
        await mounted(scope, receive, send)

    mounted = mount(bare, dialect)
    async with serving(app) as url:
        yield f"{url}/other/slow"


async def sleeping(database_url: str) -> int:
    connection = await asyncpg.connect(database_url)
    try:
        count: int = await connection.fetchval(
            """select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
            and state = 'active' and query like '%disconnects%'"""
        )
    finally:
        await connection.close()
    return count


async def send(method: str, url: str, person: Person) -> None:
    async with httpx.AsyncClient(headers=ysuite_headers(person.key), timeout=60, verify=False) as client:
        await client.request(method, url, json={} if method == "POST" else None)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_its_query_ends(
    method: str, url: str, bare: Server, database_url: str, store: Store, alice: Person
) -> None:
    requesting = asyncio.create_task(send(method, url, alice))

    async def runs() -> bool:
        return await sleeping(database_url) == 1

    async def ended() -> bool:
        return await sleeping(database_url) == 0

    await until(runs)
    requesting.cancel()
    await until(ended)

    async def left() -> bool:
        return not bare.admission.held["single"]

    await until(left)
    async with store.reading() as reader:
        written = await reader.fetch_value("select count(*) from contacts where team_id = $1", alice.team.id)
    assert written == 0


async def test_it_leaves_the_line(url: str, bare: Server, alice: Person) -> None:
    places = [bare.admission.slot(alice.team.id) for _ in range(9)]
    for place in places:
        await place.__aenter__()
    bare.admission._patience = 60
    requesting = asyncio.create_task(send("GET", url, alice))

    async def waits() -> bool:
        return bare.admission.waiting == 1

    async def has_left() -> bool:
        return bare.admission.waiting == 0

    await until(waits)
    requesting.cancel()
    await until(has_left)
    for place in places:
        await place.__aexit__(None, None, None)
    assert not bare.admission._lines


async def test_what_is_finished_is_not_interrupted(bare: Server) -> None:
    gone = asyncio.Event()
    looks = 0

    async def receive() -> dict[str, str]:
        nonlocal looks
        looks += 1
        await gone.wait()
        return {"type": "http.disconnect"}

    with bare.disconnects.watch(receive) as work:
        work.look()
        work.look()
        await asyncio.sleep(0)
        assert looks == 1
        gone.set()
        work.finish()
        for _ in range(5):
            await asyncio.sleep(0)
