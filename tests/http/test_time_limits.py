"""What runs out of time is the dialect's 503 with Retry-After, and changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import a, create, me
from tests.dialects.ysuite.wire import new_task
from tests.factories import contact_of
from tests.people import Person
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store, TimeLimits

READS: dict[str, Callable[[Person], Awaitable[httpx.Response]]] = {
    "close": lambda person: person.close.get("/task/"),
    "outreach": lambda person: person.outreach.get("/tasks"),
    "rechat": lambda person: person.rechat.get("/crm/tasks"),
    "touchbook": lambda person: person.touchbook.get("/lists"),
    "ysuite": lambda person: person.ysuite.get("/tasks"),
}
WRITES: dict[str, Callable[[Person, int], Awaitable[httpx.Response]]] = {
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
