"""What is due of one kind in one team is done many at a time, in its order, and no record holds up the others."""

import asyncio
from collections.abc import Mapping, Sequence
from random import Random

import msgspec
import pytest

from tests.clock import utc_now
from tests.factories import task_of
from tests.jobs.test_failures import held_of
from tests.jobs.working import HOUR, QUICK, actions_of, ahead, until, until_idle, working
from tests.people import Person
from touchbook.core.caller import Caller
from touchbook.core.due import claim_all_due, claim_due, set_due
from touchbook.core.errors import Unavailable
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.transaction import Transaction
from touchbook.jobs import due, queue, worker
from touchbook.jobs.due import queue_due
from touchbook.jobs.failures import release_job
from touchbook.jobs.work import ManyAtOnce, Work
from touchbook.store.postgres import Store

KIND = "test.many"
# A worker sweeps once, at its beginning, and then again only if there was more.
ONCE = msgspec.structs.replace(QUICK, sweep=3600.0)


class Noted:
    """Work that notes what it is given; a record among `wrong` fails all that it is done with."""

    def __init__(self, wrong: Sequence[int] = ()) -> None:
        self.wrong = set(wrong)
        self.done: list[list[int]] = []
        self.teams: list[int] = []
        self.tries: list[int] = []

    @property
    def kinds(self) -> Mapping[str, Work]:
        return {KIND: ManyAtOnce(self.work)}

    async def work(self, tx: Transaction, caller: Caller, refs: Sequence[int]) -> None:
        self.tries += [ref for ref in refs if ref in self.wrong]
        assert await claim_all_due(tx, caller.team_id, KIND, refs=refs) == set(refs)
        if self.wrong.intersection(refs):
            raise RuntimeError("This one cannot be done.")
        self.done.append(list(refs))
        self.teams.append(caller.team_id)


async def make_due(store: Store, person: Person, refs: Sequence[int], kind: str = KIND) -> None:
    """Each a second after the one before, all of them past."""
    async with store.transaction() as tx:
        for number, ref in enumerate(refs):
            await set_due(tx, person.caller, kind, ref=ref, at=utc_now() - HOUR + HOUR / 3600 * number)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MANY", 10)


@pytest.mark.usefixtures("small")
async def test_reminders_take_few_transactions_and_keep_their_order(store: Store, alice: Person) -> None:
    chance, soon = Random(5), utc_now() + HOUR / 2
    instants = [soon + HOUR / 3600 * chance.randrange(5) for _ in range(63)]
    for number in range(0, 63, 7):
        reminders = [RequestedReminder(False, at) for at in instants[number : number + 7]]
        await task_of(store, alice, reminders=reminders, assignees=[alice.user_id])
    later = ahead(store, 2 * HOUR)
    async with working(later, policy=ONCE):
        await until_idle(later, alice)
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.tx::text as tx, r.at, r.id from events e join reminders r on r.team_id = $1
                and r.uid = (e.changes ->> 'reminder')::uuid
            where e.team_id = $1 and e.kind = 'task.reminded' order by e.id""",
            alice.team.id,
        )
    assert [(row["at"], row["id"]) for row in rows] == sorted((row["at"], row["id"]) for row in rows)
    assert len(rows) == 63
    assert len({row["tx"] for row in rows}) == 7


@pytest.mark.usefixtures("small")
async def test_all_that_is_due_is_done_in_its_order(store: Store, alice: Person) -> None:
    refs = Random(6).sample(range(1, 1000), 45)
    await make_due(store, alice, refs)
    noted = Noted()
    async with working(store, kinds=noted.kinds, policy=ONCE):
        await until_idle(store, alice)
    assert noted.done == [refs[number : number + 10] for number in range(0, 45, 10)]
    assert await actions_of(store, alice) == []


@pytest.mark.usefixtures("small")
async def test_one_that_fails_holds_no_other_up(store: Store, alice: Person) -> None:
    await make_due(store, alice, range(1, 36))
    noted = Noted(wrong=[14])
    async with working(store, kinds=noted.kinds):
        await until(lambda: _is_held(store, alice))
        assert await queue_due(store, noted.kinds) == 0
    together = [refs for refs in noted.done if len(refs) > 1]
    assert together == [list(range(1, 11)), list(range(21, 31)), list(range(31, 36))]
    assert sorted(ref for refs in noted.done if len(refs) == 1 for ref in refs) == [11, 12, 13, *range(15, 21)]
    assert noted.tries == [14] * (1 + QUICK.attempts)
    [held] = await held_of(store, alice)
    assert (held.kind, held.ref, held.error) == (KIND, 14, "RuntimeError: This one cannot be done.")
    noted.wrong.clear()
    await make_due(store, alice, [50])
    async with working(store, kinds=noted.kinds):
        await until(lambda: _is_left(store, alice, 1))
        await release_job(store, held.id)
        await until(lambda: _is_left(store, alice, 0))
    assert noted.done[-2:] == [[50], [14]]


@pytest.mark.usefixtures("small")
async def test_a_database_that_went_away_is_no_failure_of_a_record(store: Store, alice: Person) -> None:
    await make_due(store, alice, range(1, 13))
    noted, tries = Noted(), 0

    async def lose_connection_once(tx: Transaction, caller: Caller, refs: Sequence[int]) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise Unavailable("The database cannot be reached now.")
        await noted.work(tx, caller, refs)

    async with working(store, kinds={KIND: ManyAtOnce(lose_connection_once)}):
        await until_idle(store, alice)
    assert noted.done == [list(range(1, 11)), [11, 12]]


@pytest.mark.usefixtures("small")
async def test_a_worker_that_stops_leaves_the_rest_to_the_next(store: Store, alice: Person) -> None:
    await make_due(store, alice, range(1, 26))
    noted, begun, finish = Noted(), asyncio.Event(), asyncio.Event()

    async def work_slowly(tx: Transaction, caller: Caller, refs: Sequence[int]) -> None:
        begun.set()
        await finish.wait()
        await noted.work(tx, caller, refs)

    async with working(store, kinds={KIND: ManyAtOnce(work_slowly)}):
        await begun.wait()
        asyncio.get_running_loop().call_later(0.2, finish.set)
    assert noted.done == [list(range(1, 11))]
    assert len(await actions_of(store, alice)) == 15
    async with working(store, kinds=noted.kinds):
        await until_idle(store, alice)
    assert noted.done[1:] == [list(range(11, 21)), list(range(21, 26))]


async def test_a_team_with_much_lets_others_have_their_turn(
    store: Store, alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MANY", 1)
    await make_due(store, alice, range(1, 200))
    noted, policy = Noted(), msgspec.structs.replace(QUICK, at_once=1)
    async with working(store, kinds=noted.kinds, policy=policy):
        await until(lambda: _has_begun(noted))
        await make_due(store, charlie, [1])
        await until_idle(store, alice)
        await until_idle(store, charlie)
    assert noted.teams.index(charlie.team.id) < len(noted.teams) - 1
    assert noted.teams.count(alice.team.id) == 199


@pytest.mark.usefixtures("small")
async def test_two_workers_do_each_once(store: Store, alice: Person, charlie: Person) -> None:
    await make_due(store, alice, range(1, 96))
    await make_due(store, charlie, range(1, 96))
    noted = Noted()
    async with working(store, kinds=noted.kinds, workers=2):
        await until_idle(store, alice)
        await until_idle(store, charlie)
    for person in (alice, charlie):
        own = [refs for refs, team in zip(noted.done, noted.teams, strict=True) if team == person.team.id]
        assert [ref for refs in own for ref in refs] == list(range(1, 96))


async def test_a_full_pass_is_repeated_at_once(
    store: Store, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (due, worker):
        monkeypatch.setattr(module, "BATCH", 10)
    await make_due(store, alice, range(1, 56), "test.single")
    done: list[int] = []

    async def work(tx: Transaction, caller: Caller, ref: int) -> None:
        if await claim_due(tx, caller.team_id, "test.single", ref=ref):
            done.append(ref)

    async with working(store, kinds={"test.single": work}, policy=ONCE):
        await until_idle(store, alice)
    assert sorted(done) == list(range(1, 56))


async def _is_held(store: Store, person: Person) -> bool:
    return bool(await held_of(store, person)) and await _is_left(store, person, 1)


async def _is_left(store: Store, person: Person, number: int) -> bool:
    return len(await actions_of(store, person)) == number


async def _has_begun(noted: Noted) -> bool:
    return bool(noted.done)
