"""What runs out of time is the dialect's 503 with Retry-After, and changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import a, create, me
from tests.dialects.ysuite.wire import new_task
from tests.factories import contact_of
from tests.jobs.working import until
from tests.people import Person
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store, TimeLimits

READS: dict[str, Callable[[Person], Coroutine[Any, Any, httpx.Response]]] = {
    "close": lambda person: person.close.get("/task/"),
    "outreach": lambda person: person.outreach.get("/tasks"),
    "rechat": lambda person: person.rechat.get("/crm/tasks"),
    "touchbook": lambda person: person.touchbook.get("/lists"),
    "ysuite": lambda person: person.ysuite.get("/tasks"),
}
WRITES: dict[str, Callable[[Person, int], Coroutine[Any, Any, httpx.Response]]] = {
    "close": lambda person, contact: person.close.post("/lead/", json={"name": "Ada"}),
    "outreach": lambda person, contact: person.outreach.post(
        "/accounts", json={"data": {"type": "account", "attributes": {"name": "Ada"}}}
    ),
    "rechat": lambda person, contact: create(person, {"user": me(person), "attributes": [a("first_name", "Ada")]}),
    "touchbook": lambda person, contact: person.touchbook.post("/lists", json={"name": "Ada"}),
    "ysuite": lambda person, contact: person.ysuite.post("/tasks", json=new_task(cstid=contact)),
}
TABLES = "tasks, contacts, accounts, contact_lists"
LIMITS = {"statement": TimeLimits(statement=0.2), "lock": TimeLimits(lock=0.2)}


@pytest.fixture(params=LIMITS)
async def hurried(
    request: pytest.FixtureRequest, database_url: str, settings: Settings, alice: Person
) -> AsyncIterator[tuple[Person, Store]]:
    """Alice at a server whose statements or locks have little time."""
    store = await Store.open(database_url, limits=LIMITS[request.param])
    async with serving(build_app(settings, store)) as url:
        yield replace(alice, url=url), store
    await store.close()


@asynccontextmanager
async def locked(store: Store) -> AsyncIterator[None]:
    async with store.transaction() as tx:
        await tx.execute(f"lock table {TABLES} in access exclusive mode")
        yield


@pytest.mark.parametrize("dialect", READS)
async def test_a_read_ends(dialect: str, hurried: tuple[Person, Store], store: Store) -> None:
    person, _ = hurried
    before = await READS[dialect](person)
    async with locked(store):
        late = await READS[dialect](person)
    assert before.is_success, before.text
    assert (late.status_code, late.headers.get("retry-after")) == (503, "1"), late.text
    assert (await READS[dialect](person)).is_success


@pytest.mark.parametrize("dialect", WRITES)
async def test_a_write_ends_at_the_first_try(
    dialect: str, hurried: tuple[Person, Store], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, own = hurried
    contact = (await contact_of(store, person)).id
    before = await WRITES[dialect](person, contact)
    assert before.is_success, before.text
    begun: list[bool] = []
    begin = own.transaction

    def note(*, unhurried: bool) -> Any:
        begun.append(unhurried)
        return begin(unhurried=unhurried)

    monkeypatch.setattr(own, "transaction", note)
    async with locked(store):
        late = await WRITES[dialect](person, contact)
    assert (late.status_code, late.headers.get("retry-after")) == (503, "1"), late.text
    assert begun == [False]


async def _waits_for_lock(store: Store) -> bool:
    async with store.reading() as reader:
        waiting: int = await reader.fetch_value(
            """select count(*) from pg_locks l join pg_database d on d.oid = l.database
            where d.datname = current_database() and not l.granted"""
        )
    return waiting > 0


@pytest.mark.parametrize("dialect", READS)
async def test_what_finds_no_slot_is_refused_alike(
    dialect: str, database_url: str, store: Store, alice: Person
) -> None:
    """The only connection for teams has a request that waits for what the test holds."""
    own = await Store.open(database_url, size=2)
    async with serving(build_app(Settings(rate_limit=None, pool_size=2, wait_timeout=0.1), own)) as url:
        person = replace(alice, url=url)
        async with locked(store):
            first = asyncio.create_task(READS[dialect](person))
            await until(partial(_waits_for_lock, store))
            refused = await READS[dialect](person)
            async with httpx.AsyncClient(verify=False) as client:
                metrics = (await client.get(f"{url}/metrics")).text
                ready = await client.get(f"{url}/readyz")
        assert ready.status_code == 200
        assert (refused.status_code, refused.headers.get("retry-after")) == (503, "1"), refused.text
        assert 'touchbook_admission_refused_total{kind="single"} 1.0' in metrics
        assert 'touchbook_admission_held{kind="single"} 1.0' in metrics
        assert (await first).is_success
    await own.close()


async def test_a_write_to_many_has_time(hurried: tuple[Person, Store], store: Store) -> None:
    person, _ = hurried
    async with locked(store):
        writing = asyncio.create_task(person.close.put("/task/?is_complete=false", json={"is_complete": True}))
        await asyncio.sleep(0.5)
        assert not writing.done()
    assert (await writing).status_code == 200, (await writing).text


async def test_limits_are_set_once_for_a_connection(database_url: str) -> None:
    own = await Store.open(database_url, size=1, limits=TimeLimits(statement=10, lock=5))
    async with own.transaction(unhurried=True) as tx:
        lifted = [await tx.fetch_value(f"show {name}") for name in ("statement_timeout", "lock_timeout")]
    async with own.reading() as reader:
        limits = [await reader.fetch_value(f"show {name}") for name in ("statement_timeout", "lock_timeout")]
    await own.close()
    assert (lifted, limits) == (["0", "0"], ["10s", "5s"])
