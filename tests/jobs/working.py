"""Workers for tests: quick, on a clock of their own."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta

from tests.clock import utc_now
from tests.people import Person
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.jobs.retry_policy import RetryPolicy
from touchbook.jobs.work import Work
from touchbook.jobs.worker import KINDS, run_worker
from touchbook.store.postgres import Store

QUICK = RetryPolicy(
    sweep=0.05, poll=0.3, takeover=1.0, attempts=3, first_retry=0.05, longest_retry=0.1, recovery=0.3, at_once=4
)
HOUR = timedelta(hours=1)


def ahead(store: Store, by: timedelta) -> Store:
    """The same database, where it is later already."""
    return Store(store.pool, clock=lambda: utc_now() + by, witness=store.witness)


@contextlib.asynccontextmanager
async def working(
    store: Store, *, kinds: Mapping[str, Work] = KINDS, policy: RetryPolicy = QUICK, workers: int = 1
) -> AsyncIterator[None]:
    stop = asyncio.Event()
    running = [
        asyncio.create_task(run_worker(store, stop=stop, kinds=kinds, policy=policy)) for _ in range(workers)
    ]
    try:
        yield
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await asyncio.gather(*running)


async def until(condition: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.03)


async def status_of(store: Store, person: Person, task: Task) -> str:
    async with store.reading() as reader:
        return (await find_task(reader, person.caller, task.id)).status


async def until_status(store: Store, person: Person, task: Task, status: str) -> None:
    async def reached() -> bool:
        return await status_of(store, person, task) == status

    await until(reached)


async def until_idle(store: Store, person: Person) -> None:
    """Until nothing of this team is due or queued; what is due later stays."""

    async def idle() -> bool:
        async with store.reading() as reader:
            due = "select count(*) from due where team_id = $1 and at <= $2"
            queued = "select count(*) from pgqueuer where $1::bigint is not null and dedupe_key like $2"
            return not await reader.fetch_value(due, person.team.id, reader.now) and not await reader.fetch_value(
                queued, person.team.id, f"%:{person.team.id}:%"
            )

    await until(idle)


async def events_of(store: Store, person: Person, task: Task) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select kind from events where team_id = $1 and subject = 'task' and subject_id = $2 order by at, id",
            person.team.id,
            task.id,
        )
    return [row["kind"] for row in rows]


async def actions_of(store: Store, person: Person) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch("select kind from due where team_id = $1 order by kind", person.team.id)
    return [row["kind"] for row in rows]
