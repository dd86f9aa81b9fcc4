from datetime import datetime, timedelta

import pytest

from tests.clock import utc_now
from touchbook.store import clock
from touchbook.store.clock import DatabaseClock
from touchbook.store.postgres import Store


class Database:
    """Answers a question for its time after `takes`, as far as this machine can tell."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.time, self.takes, self.asked = datetime.fromisoformat("2031-05-01T12:00:00+00:00"), timedelta(), 0
        self.passed = timedelta(hours=7)
        patch.setattr(clock, "_passed", lambda: self.passed)

    def wait(self, by: timedelta) -> None:
        self.time += by
        self.passed += by

    async def fetchval(self, _sql: str) -> datetime:
        self.asked += 1
        told = self.time
        self.wait(self.takes)
        return told


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    return Database(monkeypatch)


async def test_it_tells_the_time_of_the_database_and_is_never_early(database: Database) -> None:
    told, database.takes = DatabaseClock(), timedelta(seconds=2)
    await told.follow(database)
    assert told() == database.time - database.takes
    database.wait(timedelta(seconds=20))
    assert told() == database.time - database.takes


async def test_it_asks_twice_a_minute(database: Database) -> None:
    told = DatabaseClock()
    for _ in range(100):
        await told.follow(database)
        database.wait(timedelta(seconds=1))
    assert database.asked == 4


async def test_time_does_not_go_back_by_what_an_answer_takes(database: Database) -> None:
    told = DatabaseClock()
    await told.follow(database)
    database.wait(timedelta(seconds=40))
    database.takes = timedelta(seconds=1)
    before = told()
    await told.follow(database)
    assert told() == before + database.takes


@pytest.mark.parametrize("hours", [-2, 2])
async def test_it_follows_a_clock_that_was_set(hours: int, database: Database) -> None:
    told = DatabaseClock()
    await told.follow(database)
    database.time += timedelta(hours=hours)
    database.wait(timedelta(seconds=31))
    await told.follow(database)
    assert told() == database.time


async def test_a_store_goes_by_it(store: Store) -> None:
    async with store.transaction() as tx:
        began = await tx.fetch_value("select clock_timestamp()")
        assert tx.now <= began
        assert abs(tx.now - utc_now()) < timedelta(minutes=1)
