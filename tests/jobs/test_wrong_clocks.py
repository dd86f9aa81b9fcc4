"""A worker whose machine's clock is wrong does everything when it is due, neither sooner nor later."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.factories import task_of
from tests.jobs.working import status_of, until_status
from tests.people import Person
from touchbook.store.postgres import Store

_ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def worker_with_wrong_clock(url: str, hours: float) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.jobs.worker_with_wrong_clock", url, str(hours)),
        cwd=_ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"works\n"
        yield
    finally:
        process.stdin.close()
        await process.wait()


@pytest.mark.parametrize("hours", [-2, 2])
async def test_each_thing_happens_at_its_time(
    hours: float, store: Store, database_url: str, alice: Person
) -> None:
    later = await task_of(store, alice, scheduled_at=store.clock() + timedelta(minutes=50))
    soon = await task_of(store, alice, scheduled_at=store.clock() + timedelta(seconds=1))
    async with worker_with_wrong_clock(database_url, hours):
        await until_status(store, alice, soon, "open")
        assert await status_of(store, alice, later) == "scheduled"
