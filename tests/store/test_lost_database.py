"""A database that goes away at a chosen instant of a request: 503 with Retry-After, in every dialect."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from tests.dialects.rechat.records import a, create, me
from tests.dialects.ysuite.wire import new_task
from tests.factories import contact_of
from tests.people import Person
from tests.store.cutting import Cut, cutting, refusal
from touchbook.core.errors import RolledBack, Unavailable
from touchbook.store.outages import outage_of
from touchbook.store.postgres import Store

MOMENTS = {"BEGIN": b"BEGIN", "statement": b"create temporary", "COMMIT": b"COMMIT"}
# A hang-up; what is no message; the beginning of a message; an answer that nobody asked for.
ANSWERS = {
    "nothing": b"",
    "garbage": b"\xff" * 64,
    "half": b"C\x00\x00\x00\x0bCOM",
    "stray": b"Z\x00\x00\x00\x05I" * 2,
}
# Each class of errors that a server gives that is going, is short of something, or is no primary any more.
STATES = (
    *("08000", "08003", "08006", "08P01", "25006", "25P03", "25P04", "26000", "40001", "40003"),
    *("53100", "53200", "53300", "53400", "55P03", "57014", "57P01", "57P02", "57P03", "57P04", "57P05"),
    *("58000", "58030", "58P01", "58P02"),
)
Write = Callable[[Person, int], Awaitable[httpx.Response]]
WRITES: dict[str, Write] = {
    "close": lambda person, contact: person.close.post("/lead/", json={"name": "Ada"}),
    "outreach": lambda person, contact: person.outreach.post(
        "/accounts", json={"data": {"type": "account", "attributes": {"name": "Ada"}}}
    ),
    "rechat": lambda person, contact: create(person, {"user": me(person), "attributes": [a("first_name", "Ada")]}),
    "ysuite": lambda person, contact: person.ysuite.post("/tasks", json=new_task(cstid=contact)),
}


@asynccontextmanager
async def behind(cut_url: str, store: Store) -> AsyncIterator[None]:
    """The store's statements go through the proxy meanwhile."""
    through = await Store.open(cut_url, size=2)
    working, store._pool = store._pool, through.pool
    try:
        yield
    finally:
        store._pool = working
        await through.close()


@pytest.fixture
async def cut(database_url: str, store: Store) -> AsyncIterator[Cut]:
    async with cutting(database_url) as (cut, url), behind(url, store):
        yield cut


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("moment", ["BEGIN", "COMMIT"])
@pytest.mark.parametrize("dialect", WRITES)
async def test_a_write_is_answered_503(
    dialect: str, moment: str, answer: str, cut: Cut, store: Store, alice: Person
) -> None:
    contact = (await contact_of(store, alice)).id
    before = await WRITES[dialect](alice, contact)
    assert before.is_success, before.text
    cut.moment, cut.answer = MOMENTS[moment], ANSWERS[answer]
    lost = await WRITES[dialect](alice, contact)
    assert (lost.status_code, lost.headers.get("retry-after")) == (503, "1"), lost.text
    cut.moment = None
    assert (await WRITES[dialect](alice, contact)).status_code == before.status_code


@pytest.mark.parametrize("state", STATES)
async def test_no_error_of_a_server_that_is_going_is_a_fault(
    state: str, cut: Cut, store: Store, alice: Person
) -> None:
    """Each in one dialect; which error is an outage is decided in one place for all."""
    dialect = list(WRITES)[STATES.index(state) % len(WRITES)]
    contact = (await contact_of(store, alice)).id
    cut.moment, cut.answer = MOMENTS["BEGIN"], refusal(state)
    lost = await WRITES[dialect](alice, contact)
    assert (lost.status_code, lost.headers.get("retry-after")) == (503, "1"), lost.text
    cut.moment, cut.answer = b"select", refusal(state)
    lost = await alice.ysuite.get("/tasks")
    assert (lost.status_code, lost.headers.get("retry-after")) == (503, "1"), lost.text


def test_all_errors_of_these_classes_are_outages() -> None:
    """Whatever the driver calls them."""
    ours = [
        each
        for each in vars(asyncpg.exceptions).values()
        if isinstance(each, type) and issubclass(each, asyncpg.PostgresError) and each.sqlstate
    ]
    away = {
        each.sqlstate for each in ours if each is not asyncpg.DeadlockDetectedError and outage_of(each("gone"))
    }
    classes = ("08", "40", "53", "57", "58")
    assert {each.sqlstate for each in ours if each.sqlstate[:2] in classes} - away == {"40P01"}
    assert {state for state in away if state[:2] not in classes} <= {*STATES, "0A000"}


async def test_a_statement_older_than_a_migration_is_done_anew(store: Store) -> None:
    """By the driver where nothing was sent before, else by beginning the transaction anew."""
    async with store.transaction() as tx:
        await tx.execute("create table outdated (id int)")
    async with store.connection() as connection:
        await connection.fetch("select * from outdated")
        async with store.transaction() as tx:
            await tx.execute("alter table outdated add column name text")
        assert await connection.fetch("select * from outdated") == []
        async with store.transaction() as tx:
            await tx.execute("alter table outdated add column age int")
        with pytest.raises(asyncpg.InvalidCachedStatementError) as stale:
            async with connection.transaction():
                await connection.fetch("select * from outdated")
        async with connection.transaction():
            assert await connection.fetch("select * from outdated") == []
    assert isinstance(outage_of(stale.value), RolledBack)
    async with store.transaction() as tx:
        await tx.execute("drop table outdated")


@pytest.mark.parametrize("dialect", WRITES)
async def test_a_write_that_was_rolled_back_is_begun_anew(
    dialect: str, store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    contact = (await contact_of(store, alice)).id
    begin, tries = store._begin, 0

    async def fail_once(connection: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise asyncpg.InvalidCachedStatementError("outdated")
        return await begin(connection)

    (await WRITES[dialect](alice, contact)).raise_for_status()
    monkeypatch.setattr(store, "_begin", fail_once)
    (await WRITES[dialect](alice, contact)).raise_for_status()
    assert tries == 2


async def test_connections_to_a_standby_are_parted_with(database_url: str) -> None:
    """With those in hand at the time, and those that rest."""
    store = await Store.open(database_url, size=3)
    async with store.connection() as one, store.connection() as two:
        before = {one.get_server_pid(), two.get_server_pid()}

    async def write() -> None:
        async with store.transaction() as tx:
            await tx.execute("set local transaction_read_only = on")
            await tx.execute("create table written (id int)")

    with pytest.raises(Unavailable):
        await write()
    async with store.connection() as one, store.connection() as two:
        assert before.isdisjoint({one.get_server_pid(), two.get_server_pid()})
    await store.close()


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_store_says_unavailable(moment: str, answer: str, cut: Cut, store: Store) -> None:
    async def work() -> None:
        async with store.transaction() as tx:
            await tx.execute("create temporary table once (n int) on commit drop")
            await tx.execute("insert into once values ($1)", 1)

    await work()
    cut.moment, cut.answer = MOMENTS[moment], ANSWERS[answer]
    with pytest.raises(Unavailable):
        await work()
    cut.moment = None
    await work()


async def test_the_drivers_own_confusion_is_among_them(cut: Cut, store: Store) -> None:
    """The test of the answers above would be none if asyncpg called all of them a lost connection."""
    causes = set()
    for answer in ANSWERS.values():
        async with store.reading():
            pass
        cut.moment, cut.answer = MOMENTS["BEGIN"], answer
        with pytest.raises(Unavailable) as caught:
            async with store.transaction():
                pass
        causes.add(type(caught.value.__cause__))
        cut.moment = None
    assert asyncpg.InternalClientError in causes


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("got result for unknown protocol state 3"),
        asyncpg.ProtocolError("unexpected"),
        asyncpg.OutdatedSchemaCacheError("unexpected"),
        asyncpg.InvalidCachedStatementError("cached statement plan is invalid"),
        asyncpg.IdleInTransactionSessionTimeoutError("terminating"),
        asyncpg.PostgresIOError("could not read block"),
        asyncpg.ConnectionDoesNotExistError("connection was closed"),
        asyncpg.InterfaceError("connection is closed"),
        OSError("broken pipe"),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_means_that_the_database_is_away(error: Exception, store: Store) -> None:
    with pytest.raises(Unavailable):
        async with store.reading():
            raise error


async def test_an_argument_that_cannot_be_sent_is_no_outage(store: Store) -> None:
    with pytest.raises(asyncpg.DataError):
        async with store.reading() as reader:
            await reader.fetch_value("select $1::int", 2**40)


async def test_a_database_that_lets_nobody_in_is_away(database_url: str) -> None:
    gone: Any = database_url.partition("?")[0].rpartition("/")[0] + "/gone?" + database_url.partition("?")[2]
    own = await Store.open(gone)
    with pytest.raises(Unavailable):
        async with own.reading():
            pass
    await own.close()
