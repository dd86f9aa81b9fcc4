"""The worker does what a revision asks for: in slices, once, and on from where another was killed."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.columns_of_tasks import tasks_with_other_columns
from tests.factories import contact_of, task_of
from tests.jobs.working import HOUR, ahead, until, working
from tests.people import Person
from tests.store.conftest import Start
from tests.store.frozen.restoring import TEAM, left_of, opened, restore
from touchbook.core.caller import Caller
from touchbook.core.rederiving import PARTS, REDERIVING, rederive
from touchbook.core.tasks import columns
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.queries import find_team
from touchbook.core.transaction import Transaction
from touchbook.demonstration.brokerage import TEAM as NAME
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.store.embedded import Embedded
from touchbook.store.migrating import migrate
from touchbook.store.postgres import Store

SLICE = 20
ACTION = ScheduledAction(REDERIVING, TEAM, TEAM)
# A server that knows nothing of the columns leaves them as they were, and those of its own tasks empty.
_SPOILT = """update tasks set tags = array[id], assignees = null, contacts = null where id % 2 = 0"""
_DYING = """
import asyncio
from tests.jobs.dying_worker import main
from touchbook.core.tasks import columns
columns.SLICE = {SLICE}
asyncio.run(main({url!r}, {moment!r}, {TEAM}))
"""


@pytest.fixture
async def upgraded(embedded: Embedded, request: pytest.FixtureRequest) -> AsyncIterator[Store]:
    """At the revision that asks for it, on a database where an older server wrote."""
    url = await restore(embedded, "0009", f"asking_{request.node.name.translate(str.maketrans('[]', '__'))}")
    async with opened(url) as store:
        async with store.pool.acquire() as connection:
            await connection.execute(_SPOILT)
        await migrate(url)
        yield store


@pytest.fixture
def slices(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After which task each slice begins."""
    begun: list[int] = []
    derive = PARTS["task_columns"]

    async def note(tx: Transaction, caller: Caller, after: int) -> int | None:
        begun.append(after)
        return await derive(tx, caller, after)

    monkeypatch.setattr(columns, "SLICE", SLICE)
    monkeypatch.setitem(PARTS, "task_columns", note)
    return begun


async def test_two_workers_do_it_once_while_others_write(upgraded: Store, slices: list[int]) -> None:
    wrong = len(await tasks_with_other_columns(upgraded))
    assert (await left_of(upgraded), wrong > 60) == ({"task_columns": 1}, True)
    person = await _person(upgraded)
    new = None
    while await left_of(upgraded):
        await asyncio.gather(*(perform(upgraded, rederive, ACTION) for _ in range(2)))
        if new is None:
            contact = await contact_of(upgraded, person, "Ann", tags=["New"])
            new = await task_of(upgraded, person, contact_id=contact.id, assignees=[person.user_id])
            left = await tasks_with_other_columns(upgraded)
            assert 0 < len(left) < wrong
            assert new.id not in [task for task, _ in left]
    assert slices == sorted(set(slices))
    assert len(slices) >= 3
    assert await tasks_with_other_columns(upgraded) == []
    assert await _due(upgraded) == 0


@pytest.mark.parametrize(
    ("moment", "begins"), [pytest.param("before", 0, marks=pytest.mark.long), ("after", SLICE)]
)
async def test_killed_it_goes_on_where_it_stopped(
    embedded: Embedded, upgraded: Store, slices: list[int], start: Start, moment: str, begins: int
) -> None:
    """Before a slice is committed nothing of it is done; afterwards it is not done again."""
    async with upgraded.pool.acquire() as connection:
        url = embedded.url_of(await connection.fetchval("select current_database()"))
    dying = start(_DYING.format(url=url, moment=moment, SLICE=SLICE, TEAM=TEAM))
    assert dying.stdout is not None
    assert await asyncio.to_thread(dying.stdout.readline) == "in the middle\n"
    dying.kill()
    dying.wait()
    async with working(ahead(upgraded, 3 * HOUR)):

        async def is_done() -> bool:
            return not await left_of(upgraded)

        await until(is_done)
    assert slices[0] == begins
    assert slices == sorted(set(slices))
    assert await tasks_with_other_columns(upgraded) == []


async def _person(store: Store) -> Person:
    async with store.transaction() as tx:
        user = await tx.fetch_value("select min(m.user_id) from members m where m.team_id = $1", TEAM)
        key = await issue_key(tx, team_id=TEAM, user_id=user, scope="admin")
        caller = await authenticate_key(tx, key, surface="test")
        team = await find_team(tx, NAME)
    assert team is not None
    assert team.id == TEAM
    return Person("Avery", team, caller, key, "")


async def _due(store: Store) -> int:
    async with store.reading() as reader:
        number: int = await reader.fetch_value("select count(*) from due d where d.kind = $1", REDERIVING)
    return number
