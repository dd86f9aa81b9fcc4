"""A simulated year: every contact is asked for when its touch is due, never twice for one due date."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest

from tests.clock import utc_now
from tests.jobs.working import actions_of
from tests.people import Person
from touchbook.core.activities.recording import record_activity
from touchbook.core.caller import Caller
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.plain import PlainMembers, add_contact
from touchbook.core.contacts.queries import find_contact
from touchbook.core.due import claim_due
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.tasks.task import Task
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.settings import set_touch_spread
from touchbook.core.touch.asking import ask_for_touches, switch_touch_tasks
from touchbook.core.touch.touching import ASKING, set_touch_frequency
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.store.postgres import Store

DAY = timedelta(days=1)


class Year:
    """A team's clock, and the worker's look at what is due."""

    def __init__(self, store: Store, alice: Person) -> None:
        self.alice, self.now = alice, utc_now()
        self.store = Store(store.pool, clock=lambda: self.now, witness=store.witness)

    async def switch(self, on: bool, spread_days: int = 1) -> None:
        async with self.store.transaction() as tx:
            await switch_touch_tasks(tx, self.alice.caller, on=on)
            await set_touch_spread(tx, self.alice.caller, days=spread_days)

    async def work(self) -> None:
        """All that is due by now, as often as it is."""
        while await self._is_due():
            await perform(
                self.store, ask_for_touches, ScheduledAction(ASKING, self.alice.team.id, self.alice.team.id)
            )

    async def _is_due(self) -> bool:
        async with self.store.reading() as reader:
            due = "select count(*) from due where team_id = $1 and kind = $2 and at <= $3"
            return bool(await reader.fetch_value(due, self.alice.team.id, ASKING, self.now))

    async def pass_to(self, moment: datetime) -> None:
        """Looking whenever something is due on the way."""
        while True:
            async with self.store.reading() as reader:
                at: datetime | None = await reader.fetch_value(
                    "select at from due where team_id = $1 and kind = $2", self.alice.team.id, ASKING
                )
            if at is None or at > moment:
                break
            self.now = max(self.now, at)
            await self.work()
        self.now = moment

    async def tasks(self) -> list[Task]:
        async with self.store.reading() as reader:
            zone = self.alice.caller.zone
            return await list_tasks(
                reader, self.alice.caller, TaskFilter(zone=zone), order="created", offset=0, limit=1000
            )


async def paced(year: Year, days: int, name: str = "Sarah") -> int:
    async with year.store.transaction() as tx:
        contact = await add_contact(tx, year.alice.caller, PlainMembers(first_name=name))
        await set_touch_frequency(tx, year.alice.caller, contact, days=days)
        return contact.id


async def touch(year: Year, contact_id: int) -> None:
    async with year.store.transaction() as tx:
        await record_activity(tx, year.alice.caller, contact_ids=[contact_id], kind="email")


@pytest.mark.req("OU-73")
async def test_one_task_for_one_due_date(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    await year.pass_to(year.now + 9 * DAY)
    assert await year.tasks() == []
    await year.pass_to(year.now + 30 * DAY)
    [task] = await year.tasks()
    assert (task.origin, task.kind, task.status, task.assignees) == ("touch", "call", "open", [alice.user_id])
    assert (task.title, task.first("contact"), task.due_at) == ("Keep in touch with Sarah", contact, None)


async def test_a_touch_ends_it_and_the_next_is_asked_for(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    await year.pass_to(year.now + 11 * DAY)
    await touch(year, contact)
    assert [task.status for task in await year.tasks()] == ["completed"]
    await year.pass_to(year.now + 9 * DAY)
    assert len(await year.tasks()) == 1
    await year.pass_to(year.now + 2 * DAY)
    assert [task.status for task in await year.tasks()] == ["completed", "open"]


async def test_a_due_date_that_moved_asks_for_no_second_task(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    await year.pass_to(year.now + 30 * DAY)
    for days in (5, 3):
        async with year.store.transaction() as tx:
            shown = await find_contact(tx, alice.caller, contact)
            await set_touch_frequency(tx, alice.caller, shown, days=days)
        await year.pass_to(year.now + 20 * DAY)
    assert [task.status for task in await year.tasks()] == ["open"]
    await touch(year, contact)
    await year.pass_to(year.now + 4 * DAY)
    assert [task.status for task in await year.tasks()] == ["completed", "open"]


async def test_what_happened_long_ago_does_not_end_it(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    await year.pass_to(year.now + 30 * DAY)
    async with year.store.transaction() as tx:
        await record_activity(tx, alice.caller, contact_ids=[contact], kind="email", at=year.now - 20 * DAY)
    assert [task.status for task in await year.tasks()] == ["open"]


async def test_completing_it_is_a_call(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    await year.pass_to(year.now + 11 * DAY)
    [task] = await year.tasks()
    async with year.store.transaction() as tx:
        await complete_task(tx, alice.caller, task_id=task.id)
        shown = await find_contact(tx, alice.caller, contact)
    assert (shown.last_touch_at, shown.last_touch_action) == (year.now, "call")
    assert shown.next_touch_at == year.now + 10 * DAY


async def test_what_fell_due_while_off_comes_once(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    await paced(year, 1)
    year.now += 100 * DAY
    await year.work()
    assert len(await year.tasks()) == 1
    await year.pass_to(year.now + 5 * DAY)
    assert len(await year.tasks()) == 1


async def test_not_switched_on_nobody_is_asked(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await paced(year, 1)
    await year.pass_to(year.now + 5 * DAY)
    assert (await year.tasks(), await actions_of(store, alice)) == ([], [])
    await year.switch(on=True)
    await year.work()
    assert len(await year.tasks()) == 1
    await year.switch(on=False)
    assert await actions_of(store, alice) == []


async def test_those_that_came_together_are_dealt_over_the_days(store: Store, alice: Person, bob: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True, spread_days=5)
    for person in (alice, bob):
        for _ in range(10):
            async with year.store.transaction() as tx:
                await add_contact(tx, person.caller, PlainMembers(first_name="Imported", tags=["Hot"]))
    await year.pass_to(year.now + 8 * DAY)
    tasks = await year.tasks()
    assert len(tasks) == 20
    for person in (alice, bob):
        days = Counter(task.due_on for task in tasks if task.assignees == [person.user_id])
        assert list(days.values()) == [2] * 5
        first = min(day for day in days if day)
        assert sorted(day for day in days if day) == [first + number * DAY for number in range(5)]


async def test_a_deleted_contact_is_not_asked_for(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    contact = await paced(year, 10)
    async with year.store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [contact])
    other = await paced(year, 10)
    await year.pass_to(year.now + 20 * DAY)
    [task] = await year.tasks()
    async with year.store.transaction() as tx:
        await delete_contacts(tx, alice.caller, [other])
    assert [(each.id, each.status) for each in await year.tasks()] == [(task.id, "cancelled")]


async def test_too_early_and_twice_nothing_is_done(store: Store, alice: Person) -> None:
    year = Year(store, alice)
    await year.switch(on=True)
    await paced(year, 10)
    await year.work()
    action = ScheduledAction(ASKING, alice.team.id, alice.team.id)
    await perform(year.store, ask_for_touches, action)
    year.now += 11 * DAY
    await perform(year.store, ask_for_touches, action)
    await perform(year.store, ask_for_touches, action)
    assert len(await year.tasks()) == 1
    async with year.store.transaction() as tx:
        caller: Caller = await team_caller(tx, alice.team.id)
        assert not await claim_due(tx, caller.team_id, ASKING, ref=alice.team.id)


@pytest.mark.parametrize("seed", range(2))
async def test_a_year(store: Store, alice: Person, seed: int) -> None:
    """Every due date that came before the touch which moved it has its one task, made on its day."""
    random, year = Random(seed), Year(store, alice)
    await year.switch(on=True)
    contacts = [await paced(year, random.choice([7, 30, 90]), f"P{number}") for number in range(8)]
    came: dict[int, list[datetime]] = {contact: [] for contact in contacts}
    end = year.now + 365 * DAY
    while year.now < end:
        await year.pass_to(min(end, year.now + timedelta(hours=random.randint(1, 150))))
        contact = random.choice(contacts)
        due = await next_touch(year, contact)
        if due <= year.now:
            came[contact].append(due)
        await touch(year, contact)
    for contact in contacts:
        due = await next_touch(year, contact)
        came[contact] += [due] if due <= year.now else []
    asked: dict[int, list[date | None]] = {contact: [] for contact in contacts}
    zone = alice.caller.team_zone
    for task in await year.tasks():
        asked[task.first("contact") or 0].append(task.due_on)
    assert asked == {contact: [at.astimezone(zone).date() for at in moments] for contact, moments in came.items()}
    assert sum(map(len, asked.values())) > 20


async def next_touch(year: Year, contact_id: int) -> datetime:
    async with year.store.reading() as reader:
        at = (await find_contact(reader, year.alice.caller, contact_id)).next_touch_at
    assert at is not None
    return at
