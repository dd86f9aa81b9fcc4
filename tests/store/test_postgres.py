"""The store: what commits, what does not, and how it heals."""

import asyncio

import asyncpg
import pytest

from tests.factories import contact_of
from tests.people import Person
from touchbook.core.contacts.listing import count_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.contacts.queries import find_contact
from touchbook.core.errors import Unavailable
from touchbook.store.postgres import Store


async def test_commits_at_the_end_of_the_block(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    async with store.reading() as reader:
        assert await find_contact(reader, alice.caller, contact.id) == contact


async def test_rolls_back_what_raises(store: Store, alice: Person) -> None:
    async def fail() -> None:
        async with store.transaction() as tx:
            await add_contact(tx, alice.caller, PlainMembers(first_name="Nobody"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.reading() as reader:
        assert await count_contacts(reader, alice.caller) == 0


async def test_rows_of_one_request_stand_in_its_order(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        added = [
            await add_contact(tx, alice.caller, PlainMembers(first_name=name)) for name in ("One", "Two", "Three")
        ]
        instants = [contact.created_at for contact in added]
        assert tx.now < instants[0] < instants[1] < instants[2]


async def test_an_unreachable_database_is_unavailable() -> None:
    store = await Store.open("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable):
        async with store.reading():
            pass
    await store.close()


async def test_lost_connections_heal(database_url: str, store: Store, alice: Person) -> None:
    """Every connection is cut in the middle of its work; the next request works."""
    own = await Store.open(database_url, size=3)

    async def sleep_for_long() -> None:
        async with own.transaction() as tx:
            await tx.fetch_value("select pg_sleep(30)")

    sleeping = [asyncio.create_task(sleep_for_long()) for _ in range(3)]
    await asyncio.sleep(0.2)
    await _cut_sleepers(database_url)
    ends = await asyncio.gather(*sleeping, return_exceptions=True)
    assert [type(end) for end in ends] == [Unavailable] * 3
    async with own.transaction() as tx:
        assert await tx.fetch_value("select 1") == 1
    await own.close()


async def _cut_sleepers(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        """select pg_terminate_backend(pid) from pg_stat_activity
        where query like 'select pg_sleep%' and datname = current_database()"""
    )
    await connection.close()


async def test_in_between_a_dialect_answers_503(store: Store, alice: Person) -> None:
    assert (await alice.ysuite.get("/tasks")).status_code == 200
    unreachable = await Store.open("postgresql://nobody@127.0.0.1:1/nothing")
    working, store._pool = store._pool, unreachable.pool
    try:
        answer = await alice.ysuite.get("/tasks")
    finally:
        store._pool = working
    assert answer.status_code == 503
    assert answer.json()["success"] is False
    assert answer.headers["retry-after"]
    assert (await alice.ysuite.get("/tasks")).status_code == 200
