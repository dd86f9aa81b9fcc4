from collections.abc import Awaitable, Callable

import pytest

from tests.clock import utc_now
from tests.jobs.working import HOUR, QUICK, actions_of, ahead, until, working
from tests.people import Person
from touchbook.core.caller import Caller
from touchbook.core.due import claim_due, set_due
from touchbook.core.errors import NotFound
from touchbook.core.transaction import Transaction
from touchbook.jobs.due import queue_due
from touchbook.jobs.failures import HeldJob, list_held, release_job
from touchbook.jobs.work import Work
from touchbook.store.postgres import Store

KIND = "test.failing"


class Failing:
    """A job that fails so many times; what it did before failing must be undone with it."""

    def __init__(self, times: int) -> None:
        self.left = times
        self.tries = 0

    @property
    def kinds(self) -> dict[str, Work]:
        return {KIND: self.work}

    async def work(self, tx: Transaction, caller: Caller, ref: int) -> None:
        self.tries += 1
        await claim_due(tx, caller.team_id, KIND, ref=ref)
        if self.left:
            self.left -= 1
            raise RuntimeError("the gate\nwas closed")


async def make_due(store: Store, person: Person) -> None:
    async with store.transaction() as tx:
        await set_due(tx, person.caller, KIND, ref=1, at=utc_now())


async def held_of(store: Store, person: Person) -> list[HeldJob]:
    return [job for job in await list_held(store) if job.team_id == person.team.id]


def is_held(store: Store, person: Person) -> Callable[[], Awaitable[bool]]:
    async def held() -> bool:
        return bool(await held_of(store, person))

    return held


def is_done(store: Store, person: Person) -> Callable[[], Awaitable[bool]]:
    async def done() -> bool:
        return not await actions_of(store, person)

    return done


async def test_a_job_that_fails_is_tried_again(store: Store, alice: Person) -> None:
    await make_due(store, alice)
    failing = Failing(QUICK.attempts - 1)
    async with working(store, kinds=failing.kinds):
        await until(is_done(store, alice))
    assert failing.tries == QUICK.attempts
    assert await held_of(store, alice) == []


async def test_a_job_that_keeps_failing_is_held_and_shown(store: Store, alice: Person) -> None:
    await make_due(store, alice)
    failing = Failing(1000)
    async with working(store, kinds=failing.kinds):
        await until(is_held(store, alice))
        assert await queue_due(store, failing.kinds) == 0
    (job,) = await held_of(store, alice)
    assert (job.kind, job.ref, job.attempts) == (KIND, 1, QUICK.attempts)
    assert job.error == "was closed"
    assert abs((utc_now() - job.since).total_seconds()) < 60
    assert failing.tries == QUICK.attempts
    assert await actions_of(store, alice) == [KIND]


async def test_a_held_job_that_is_released_is_done(store: Store, alice: Person) -> None:
    await make_due(store, alice)
    failing = Failing(QUICK.attempts + 1)
    async with working(store, kinds=failing.kinds):
        await until(is_held(store, alice))
        (job,) = await held_of(store, alice)
        await release_job(store, job.id)
        await until(is_done(store, alice))
    assert await held_of(store, alice) == []
    assert failing.tries == QUICK.attempts + 2
    with pytest.raises(NotFound):
        await release_job(store, job.id)


async def test_what_is_put_off_is_tried_anew_at_its_new_time(store: Store, alice: Person) -> None:
    await make_due(store, alice)
    failing = Failing(QUICK.attempts)
    async with working(store, kinds=failing.kinds):
        await until(is_held(store, alice))
    (job,) = await held_of(store, alice)
    async with store.transaction() as tx:
        await set_due(tx, alice.caller, KIND, ref=1, at=utc_now() + HOUR)
    later = ahead(store, 2 * HOUR)
    assert await queue_due(later, failing.kinds) == 1
    await release_job(store, job.id)
    assert await held_of(store, alice) == []
    async with working(later, kinds=failing.kinds):
        await until(is_done(store, alice))
