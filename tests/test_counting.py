"""What a request sends, or the test itself, is counted, and nothing else that the process does meanwhile."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.counting import Count, counting
from tests.dialects.rechat.records import a, new_contact
from tests.jobs.working import until
from tests.people import Person, new_key, rechat_client
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.http.credentials import Credentials, note_uses_each_minute
from touchbook.jobs.upkeep import keep_house
from touchbook.store.postgres import Store

TESTS = Path(__file__).parent


async def rename(person: Person, contact: Any, name: str) -> None:
    sent = {"attributes": [a("first_name", name)]}
    answer = await person.rechat.patch(f"/contacts/{contact['id']}", json=sent)
    assert answer.status_code == 200


@asynccontextmanager
async def held_up(store: Store, contact: Any) -> AsyncIterator["asyncio.Task[None]"]:
    """Whoever would change the contact waits until the block ends; the task ends when someone waits."""

    async def anyone_waits() -> bool:
        found: bool = await connection.fetchval(
            "select exists (select from pg_locks l where pg_backend_pid() = any(pg_blocking_pids(l.pid)))"
        )
        return found

    async with store.pool.acquire() as connection, connection.transaction():
        await connection.fetch("select from contacts where uid = $1::text::uuid for update", contact["id"])
        waiting = asyncio.create_task(until(anyone_waits))
        yield waiting
        await waiting


async def keep_up(store: Store, person: Person) -> None:
    """All that happens by itself, long ago, so that it takes nothing from other tests."""
    credentials, stop = Credentials(store), asyncio.Event()
    await credentials.caller_of(person.key, "test")
    stop.set()
    await note_uses_each_minute(credentials, store, stop)
    past = Store(store.pool, clock=lambda: datetime(1986, 5, 1, tzinfo=UTC), witness=store.witness)
    await keep_house(past, event_days=400)


async def last_use(store: Store, person: Person) -> datetime | None:
    query = "select last_used_at from keys where team_id = $1 and id = $2"
    at: datetime | None = await store.pool.fetchval(query, person.team.id, person.caller.key_id)
    return at


async def test_upkeep_in_the_middle_of_a_request_is_not_counted(store: Store, alice: Person, bob: Person) -> None:
    contact = await new_contact(alice, a("first_name", "Ann"))
    with counting() as count:
        await rename(alice, contact, "Bea")
        alone = count.take()
    assert await last_use(store, bob) is None
    with counting() as count:
        async with held_up(store, contact) as waiting:
            renaming = asyncio.create_task(rename(alice, contact, "Cleo"))
            await waiting
            await asyncio.create_task(keep_up(store, bob))
        await renaming
        assert count.take() == alone
    assert await last_use(store, bob) is not None
    assert any(sql.startswith("update contacts") for sql in alone)


async def test_the_look_up_of_a_key_is_not_counted(store: Store, alice: Person) -> None:
    """It comes when the key was last seen some seconds ago: with a key that is new, and not with one just seen."""

    async def sent(count: Count, client: httpx.AsyncClient) -> list[str]:
        assert (await client.get("/contacts")).status_code == 200
        return count.take()

    fresh = rechat_client(alice.url, await new_key(store, alice, "write"))
    with counting() as count:
        first = await sent(count, fresh)
        assert await sent(count, fresh) == first != []


async def test_what_the_test_asks_of_the_core_is_counted(store: Store, alice: Person) -> None:
    async def authenticate() -> None:
        async with store.reading() as reader:
            await authenticate_key(reader, alice.key, surface="test")

    await authenticate()
    with counting() as count:
        await authenticate()
        assert count() == 1
        await asyncio.create_task(authenticate())
        assert count() == 0
    await authenticate()
    assert count() == 0


async def test_a_request_that_came_before_is_not_counted(store: Store, alice: Person) -> None:
    contact = await new_contact(alice, a("first_name", "Ann"))
    async with held_up(store, contact) as waiting:
        renaming = asyncio.create_task(rename(alice, contact, "Bea"))
        await waiting
        counted = counting()
        count = counted.__enter__()
    await renaming
    assert count() == 0
    await rename(alice, contact, "Cleo")
    assert count() > 0
    counted.__exit__(None, None, None)


def test_nothing_else_counts_statements() -> None:
    """A store's witness sees the whole process: it is taken away at most, never put in another's place."""
    replacing = re.compile(r"""\.witness\s*=(?!=)|setattr\([^)]*["']witness["'],(?! None\))""")
    assert {
        file.name for file in TESTS.rglob("*.py") if replacing.search(file.read_text(encoding="utf-8"))
    } == set()
