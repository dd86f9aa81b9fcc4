import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.clock import utc_now
from tests.factories import task_of
from tests.people import Person
from tests.witness.witness import WITNESS
from touchbook.core.transaction import Reader, Transaction
from touchbook.http.idempotency import Once, claim_once
from touchbook.jobs.upkeep import keep_house
from touchbook.store.postgres import Store


def at(store: Store, year: int, month: int, day: int) -> Store:
    """Long ago, so that no upkeep reaches what other tests have written."""
    return since(store, datetime(year, month, day, tzinfo=UTC))


def since(store: Store, now: datetime) -> Store:
    return Store(store.pool, clock=lambda: now, witness=store.witness)


async def partitions(store: Store, year: int) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = 'events'::regclass and c.relname like $1 order by c.relname""",
            f"events_{year}%",
        )
    return [row["relname"] for row in rows]


async def partition_of(store: Store, person: Person, task_id: int) -> str | None:
    async with store.reading() as reader:
        name: str | None = await reader.fetch_value(
            """select tableoid::regclass::text from events
            where team_id = $1 and subject = 'task' and subject_id = $2""",
            person.team.id,
            task_id,
        )
    return name


async def test_months_are_made_ahead_and_hold_their_events(store: Store, alice: Person) -> None:
    winter = at(store, 1990, 11, 30)
    for _ in range(2):
        await keep_house(winter, event_days=400)
    assert await partitions(store, 1990) == ["events_1990_11", "events_1990_12"]
    assert await partitions(store, 1991) == ["events_1991_01"]
    task = await task_of(winter, alice)
    assert await partition_of(store, alice, task.id) == "events_1990_11"


async def test_a_partition_has_the_keys_and_indexes_of_events(store: Store, alice: Person) -> None:
    await keep_house(at(store, 1989, 1, 1), event_days=400)
    async with store.reading() as reader:
        indexes = await reader.fetch(
            "select indexdef from pg_indexes where tablename = 'events_1989_01' order by indexdef"
        )
        keys = await reader.fetch_value(
            "select count(*) from pg_constraint where conrelid = 'events_1989_01'::regclass and contype = 'f'"
        )
    columns = [row["indexdef"].partition("USING btree ")[2] for row in indexes]
    assert sorted(columns) == ["(team_id, at, id)", "(team_id, subject, subject_id, at)", "(tx, id)"]
    assert keys == 2
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        async with store.transaction() as tx:
            await tx.execute(
                """insert into events (team_id, at, kind, subject, surface, changes)
                values (-1, '1989-01-15', 'x', 'task', 'test', '{}')"""
            )


async def test_a_month_with_events_in_the_default_partition_stays_there(store: Store, alice: Person) -> None:
    summer = at(store, 1995, 6, 15)
    task = await task_of(summer, alice)
    await keep_house(summer, event_days=400)
    assert await partitions(store, 1995) == ["events_1995_07", "events_1995_08"]
    assert await partition_of(store, alice, task.id) == "events_default"


async def test_events_are_kept_for_so_many_days(store: Store, alice: Person) -> None:
    old = at(store, 1970, 3, 10)
    lost = await task_of(old, alice)
    await keep_house(old, event_days=30)
    dropped = await task_of(at(store, 1970, 4, 2), alice)
    kept = await task_of(at(store, 1970, 5, 2), alice)
    assert await WITNESS.take() == []  # before the events that told of all this are gone
    await keep_house(at(store, 1970, 5, 31), event_days=30)
    assert await partition_of(store, alice, lost.id) is None
    assert await partition_of(store, alice, dropped.id) is None
    assert await partition_of(store, alice, kept.id) == "events_1970_05"
    assert (await partitions(store, 1970))[0] == "events_1970_05"


async def test_another_worker_s_upkeep_is_left_to_it(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.fetch_value("select pg_advisory_xact_lock(7427002)")
        await keep_house(at(store, 1980, 1, 1), event_days=400)
    assert await partitions(store, 1980) == []


async def test_answers_are_forgotten_after_a_day(store: Store, alice: Person) -> None:
    for hours, key in ((25, "old"), (23, "young")):
        async with since(store, utc_now() - timedelta(hours=hours)).transaction() as tx:
            await claim_once(tx, alice.caller, Once("POST", "/x", key, b""))
    await keep_house(store, event_days=400)
    async with store.reading() as reader:
        rows = await reader.fetch("select key from idempotency where team_id = $1", alice.team.id)
    assert [row["key"] for row in rows] == ["young"]


async def test_the_log_of_jobs_is_bounded(store: Store) -> None:
    async with store.transaction() as tx:
        for days, job in ((8, -1), (6, -2)):
            await tx.execute(
                """insert into pgqueuer_log (created, job_id, status, priority, entrypoint)
                values ($1, $2, 'successful', 0, 'test')""",
                tx.now - timedelta(days=days),
                job,
            )
    await keep_house(store, event_days=400)
    async with store.reading() as reader:
        rows = await reader.fetch("select job_id from pgqueuer_log where job_id < 0")
    assert [row["job_id"] for row in rows] == [-2]


class _Families(Store):
    """The tables that each transaction, or read without one, names: by the first word of their name.

    Tokens go with their grant.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store.pool, clock=store.clock, witness=self._note)
        self.named: list[set[str]] = []

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        self.named.append(set())
        async with super().reading() as reader:
            yield reader

    @asynccontextmanager
    async def transaction(self, *, unhurried: bool = False) -> AsyncIterator[Transaction]:
        self.named.append(set())
        async with super().transaction(unhurried=unhurried) as tx:
            yield tx

    def _note(self, sql: str, _args: object) -> None:
        tables = re.findall(r"(?:from|update|into|table(?: if exists)?|join)\s+([a-z]+)", sql.lower())
        self.named[-1].update({"tokens": "grants"}.get(table, table) for table in tables)


async def test_a_transaction_of_the_upkeep_concerns_tables_of_one_kind(store: Store) -> None:
    seen = _Families(at(store, 1984, 6, 1))
    await keep_house(seen, event_days=400)
    assert [names for names in ({"events"}, {"notifications"}, {"pgqueuer"}) if names not in seen.named] == []
    assert [names for names in seen.named if len(names) > 1] == []
