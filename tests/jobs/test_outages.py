"""Workers that are killed, databases that go away."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from pgqueuer.queries import Queries

from tests.clock import utc_now
from tests.factories import task_of
from tests.jobs.gate import BEHIND, behind_a_gate
from tests.jobs.working import (
    HOUR,
    QUICK,
    actions_of,
    ahead,
    events_of,
    status_of,
    until_idle,
    until_status,
    working,
)
from tests.people import Person
from touchbook.core.caller import Caller
from touchbook.core.tasks.scheduled_actions import OPENING
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction
from touchbook.jobs.failures import list_held
from touchbook.jobs.retry_policy import RetryPolicy
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

_ROOT = Path(__file__).parents[2]


async def scheduled_task(store: Store, person: Person) -> Task:
    return await task_of(store, person, scheduled_at=utc_now() + HOUR)


async def kill_in_the_middle(database_url: str, moment: str, person: Person) -> None:
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.jobs.dying_worker", database_url, moment, str(person.team.id)),
        cwd=_ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert worker.stdout is not None
    try:
        async with asyncio.timeout(20):
            assert await worker.stdout.readline() == b"in the middle\n"
    finally:
        worker.kill()
        await worker.wait()


@pytest.mark.parametrize(("moment", "left"), [("before", "scheduled"), ("after", "open")])
async def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    moment: str, left: str, store: Store, database_url: str, alice: Person
) -> None:
    later = ahead(store, 2 * HOUR)
    task = await scheduled_task(store, alice)
    await kill_in_the_middle(database_url, moment, alice)
    assert await status_of(store, alice, task) == left
    async with working(later):
        await until_status(store, alice, task, "open")
        await until_idle(later, alice)
    assert await events_of(store, alice, task) == ["task.created", "task.opened"]


async def test_a_worker_outlives_the_restart_of_its_database(
    store: Store, database_url: str, alice: Person
) -> None:
    async with behind_a_gate(database_url, ahead(store, 2 * HOUR)) as (_, gated), working(gated):
        for _ in range(3):
            task = await scheduled_task(store, alice)
            await until_status(store, alice, task, "open")
            assert await events_of(store, alice, task) == ["task.created", "task.opened"]
            assert await _end_connections(store) > 0
    assert await actions_of(store, alice) == []


async def test_a_job_whose_connection_is_lost_is_tried_again(store: Store, alice: Person) -> None:
    task = await scheduled_task(store, alice)
    tries = 0

    async def lose_connection_once(tx: Transaction, caller: Caller, ref: int) -> None:
        nonlocal tries
        tries += 1
        await KINDS[OPENING](tx, caller, ref)
        if tries == 1:
            await tx.fetch_value("select pg_terminate_backend(pg_backend_pid())")

    async with working(ahead(store, 2 * HOUR), kinds={OPENING: lose_connection_once}):
        await until_status(store, alice, task, "open")
    assert tries == 2
    assert await events_of(store, alice, task) == ["task.created", "task.opened"]
    assert all(job.team_id != alice.team.id for job in await list_held(store))


@pytest.mark.parametrize(("away", "poll"), [(0.5, 3.0), (1.5, 0.3)])
async def test_a_job_in_hand_when_the_database_goes_away_is_done_when_it_is_back(
    away: float, poll: float, store: Store, database_url: str, alice: Person
) -> None:
    """Briefly, unnoticed by the queue, or for longer than all attempts take: the job is not held for that."""
    task = await scheduled_task(store, alice)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def open_after_a_while(tx: Transaction, caller: Caller, ref: int) -> None:
        begun.set()
        await go_on.wait()
        await KINDS[OPENING](tx, caller, ref)

    policy = msgspec.structs.replace(QUICK, poll=poll)
    async with (
        behind_a_gate(database_url, ahead(store, 2 * HOUR)) as (gate, gated),
        working(gated, kinds={OPENING: open_after_a_while}, policy=policy),
    ):
        await begun.wait()
        await asyncio.sleep(0.2)
        gate.shut()
        go_on.set()
        await asyncio.sleep(away)
        assert await status_of(store, alice, task) == "scheduled"
        gate.open()
        await until_status(store, alice, task, "open")
    assert await events_of(store, alice, task) == ["task.created", "task.opened"]
    assert all(job.team_id != alice.team.id for job in await list_held(store))


async def test_a_retry_that_cannot_be_noted_at_once_is_noted_when_the_database_is_back(
    store: Store, database_url: str, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database goes away just as the job, having failed, is put back; it is not held for that."""
    task = await scheduled_task(store, alice)
    note, tries = Queries.retry_job, 0

    async def fail_once(tx: Transaction, caller: Caller, ref: int) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("Not now.")
        await KINDS[OPENING](tx, caller, ref)

    async with behind_a_gate(database_url, ahead(store, 2 * HOUR)) as (gate, gated):

        async def note_while_away(queries: Queries, *words: Any) -> None:
            if not gate.was_shut:
                gate.shut()
                asyncio.get_running_loop().call_later(0.1, gate.open)
            await note(queries, *words)

        monkeypatch.setattr(Queries, "retry_job", note_while_away)
        policy = msgspec.structs.replace(QUICK, poll=3.0)
        async with working(gated, kinds={OPENING: fail_once}, policy=policy):
            await until_status(store, alice, task, "open")
    assert gate.was_shut
    assert tries == 2
    assert all(job.team_id != alice.team.id for job in await list_held(store))


async def test_a_worker_that_starts_before_its_database_waits_for_it(
    store: Store, database_url: str, alice: Person
) -> None:
    task = await scheduled_task(store, alice)
    async with behind_a_gate(database_url, ahead(store, 2 * HOUR)) as (gate, gated):
        gate.shut()
        async with working(gated):
            await asyncio.sleep(0.3)
            gate.open()
            await until_status(store, alice, task, "open")


async def test_a_worker_stops_even_while_its_database_is_away(
    store: Store, database_url: str, alice: Person
) -> None:
    async with behind_a_gate(database_url, store) as (gate, gated), working(gated):
        await asyncio.sleep(0.3)
        gate.shut()
        await asyncio.sleep(0.3)


async def test_stopping_lets_the_job_in_hand_finish(store: Store, alice: Person) -> None:
    task = await scheduled_task(store, alice)
    begun, finish = asyncio.Event(), asyncio.Event()

    async def open_slowly(tx: Transaction, caller: Caller, ref: int) -> None:
        begun.set()
        await finish.wait()
        await KINDS[OPENING](tx, caller, ref)

    async with working(ahead(store, 2 * HOUR), kinds={OPENING: open_slowly}):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.2, finish.set)
    assert await status_of(store, alice, task) == "open"
    async with store.reading() as reader:
        key = f"{OPENING}:{alice.team.id}:{task.id}"
        assert await reader.fetch_value("select count(*) from pgqueuer where dedupe_key = $1", key) == 0


async def _end_connections(store: Store) -> int:
    async with store.reading() as reader:
        ended = await reader.fetch(
            """select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = $1""",
            BEHIND,
        )
    return len(ended)


def test_a_dead_worker_is_noticed_in_seconds_and_a_slow_one_has_some() -> None:
    """A living worker gives a sign at each half of `takeover`, which an eighth more may take to be written."""
    policy = RetryPolicy()
    assert policy.takeover + policy.poll <= 10
    assert policy.takeover * (1 - 1 / 2 - 1 / 8) >= 2
