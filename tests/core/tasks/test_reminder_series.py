"""Any series of changes, in any zone, against a plain model: the reminders, what of them is due, who was told."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.core.query.zones import EVERY
from tests.core.tasks.rows import Verb, run
from tests.core.tasks.test_bulk import BulkVerb, run_all
from tests.core.tasks.verbs import complete_tasks, reopen_tasks, reschedule_tasks, set_reminders
from tests.factories import task_of
from tests.people import Person, new_person, new_team
from touchbook.core.notifications.queries import list_notifications
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.rescheduling import reschedule_task, snooze_task
from touchbook.core.tasks.scheduled_actions import REMINDING
from touchbook.core.tasks.task import Task
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

DAY = timedelta(days=1)
LATE = timedelta(minutes=5)
TASKS = 2

WITHIN = st.timedeltas(-3 * DAY, 40 * DAY)
WISHES = st.lists(
    st.tuples(st.booleans(), st.booleans(), WITHIN | st.sampled_from([-LATE, timedelta()])), max_size=4
)
WHENS = st.none() | WITHIN | st.integers(0, 999)
CHOSEN = st.lists(st.integers(0, TASKS - 1), min_size=1, max_size=TASKS, unique=True)
STEPS = st.one_of(
    st.tuples(st.just("set"), st.integers(0, TASKS - 1), WISHES),
    st.tuples(st.just("reschedule"), CHOSEN, st.booleans(), WHENS),
    st.tuples(st.just("snooze"), st.integers(0, TASKS - 1)),
    st.tuples(st.just("complete"), CHOSEN, st.booleans()),
    st.tuples(st.just("reopen"), CHOSEN, st.booleans()),
    st.tuples(st.just("wait"), st.timedeltas(timedelta(), 10 * DAY) | st.timedeltas(timedelta(), 2 * LATE)),
    st.tuples(st.just("work")),
)
SERIES = st.lists(STEPS, min_size=1, max_size=20)


@cache
def turning_days(zone: ZoneInfo) -> list[date]:
    """Those on which the clocks are changed, and the days beside them; some others where there are none."""
    days = [date(1990, 1, 1) + number * DAY for number in range(48 * 365)]
    noons = [datetime.combine(day, time(12), zone).utcoffset() for day in days]
    turns = [number for number in range(1, len(days)) if noons[number] != noons[number - 1]]
    return sorted({days[near] for turn in turns for near in (turn - 1, turn, turn + 1)}) or days[::100]


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The first instant at which a calendar on the wall shows that day, or one after it."""
    instant = datetime.combine(day, time(), UTC) - timedelta(hours=15)
    while instant.astimezone(zone).date() < day:
        instant += timedelta(minutes=15)
    return instant


@dataclass
class Remembered:
    """A reminder of the model; its instants are in UTC, where what passes is what is counted."""

    relative: bool
    at: datetime
    due: datetime | None = None

    def move(self, at: datetime, now: datetime) -> None:
        if at != self.at:
            self.at = at
            self.due = at if at >= now - LATE else None


@dataclass
class Model:
    """One task. `told` are the reminders' instants of which its maker was told."""

    zone: ZoneInfo
    due_at: datetime | None = None
    due_on: date | None = None
    open: bool = True
    reminders: dict[UUID, Remembered] = field(default_factory=dict)
    told: set[tuple[UUID, datetime]] = field(default_factory=set)

    @property
    def due(self) -> datetime | None:
        return day_start(self.due_on, self.zone) if self.due_on else self.due_at

    def reschedule(self, due_at: datetime | None, due_on: date | None, now: datetime) -> None:
        before = self.due
        self.due_at, self.due_on = due_at, due_on
        if before and self.due:
            for each in self.reminders.values():
                if each.relative:
                    each.move(each.at + (self.due - before), now)

    def snooze(self, now: datetime) -> None:
        if self.due_on:
            self.reschedule(None, max(self.due_on, now.astimezone(self.zone).date()) + DAY, now)
        else:
            self.reschedule(max(now, self.due_at or now) + DAY, None, now)

    def work(self, now: datetime) -> None:
        for uid, each in self.reminders.items():
            if each.due and each.due <= now:
                each.due = None
                if self.open:
                    self.told.add((uid, each.at))


class Simulation:
    """Two tasks of Alice's, changed step by step in the store and in the model, at the same clock."""

    def __init__(self, store: Store, alice: Person, zone: ZoneInfo) -> None:
        self.days = turning_days(zone)
        self.now = datetime.combine(self.days[len(self.days) // 2], time(12), UTC)
        self.store = Store(store.pool, clock=lambda: self.now)
        self.alice = alice
        self.models = [Model(zone) for _ in range(TASKS)]
        self.tasks: list[Task] = []

    async def begin(self) -> None:
        requested = [RequestedReminder(relative, self.now + DAY / 2) for relative in (True, False)]
        for model in self.models:
            model.due_at = self.now + DAY
            task = await task_of(self.store, self.alice, due_at=model.due_at, reminders=requested)
            async with self.store.reading() as reader:
                standing = (await reminders_of(reader, self.alice.caller, [task.id]))[task.id]
            for wish, each in zip(requested, standing, strict=True):
                model.reminders[each.uid] = Remembered(wish.relative, wish.at, due=wish.at)
            self.tasks.append(task)

    async def set(self, number: int, wishes: list[tuple[bool, bool, timedelta | None]]) -> None:
        """Each wish: is it (the next) one that stands already, is it relative, how far from now or (None) where it
        stands.
        """
        model, standing = self.models[number], iter(list(self.models[number].reminders))
        requested = []
        for stands, relative, within in wishes:
            uid = next(standing, None) if stands else None
            at = self.now + within if within is not None else model.reminders[uid].at if uid else self.now
            requested.append(RequestedReminder(relative, at, uid))
        after = await run(self.store, self.alice, set_reminders, self.tasks[number], requested=requested)
        if after is None:
            return
        before = model.reminders
        model.reminders = {}
        for each in after:
            remembered = before.get(each.uid) or Remembered(each.relative, datetime.min.replace(tzinfo=UTC))
            remembered.relative = each.relative
            remembered.move(each.at, self.now)
            model.reminders[each.uid] = remembered
        given_uids = {wish.uid for wish in requested if wish.uid}
        assert given_uids <= model.reminders.keys()
        assert not (model.reminders.keys() - given_uids) & before.keys()
        assert sorted((each.relative, each.at) for each in after) == sorted((w.relative, w.at) for w in requested)

    async def reschedule(self, chosen: list[int], together: bool, when: timedelta | int | None) -> None:
        """To an instant so far from now, to one of the turning days, or to no time."""
        due_at = self.now + when if isinstance(when, timedelta) else None
        due_on = self.days[when % len(self.days)] if isinstance(when, int) else None
        for number in chosen:
            self.models[number].reschedule(due_at, due_on, self.now)
        await self._do(reschedule_task, reschedule_tasks, chosen, together, due_at=due_at, due_on=due_on)

    async def snooze(self, number: int) -> None:
        self.models[number].snooze(self.now)
        await run(self.store, self.alice, snooze_task, self.tasks[number])

    async def complete(self, chosen: list[int], together: bool) -> None:
        for number in chosen:
            self.models[number].open = False
        await self._do(complete_task, complete_tasks, chosen, together)

    async def reopen(self, chosen: list[int], together: bool) -> None:
        for number in chosen:
            self.models[number].open = True
        await self._do(reopen_task, reopen_tasks, chosen, together)

    async def wait(self, passing: timedelta) -> None:
        self.now += passing

    async def work(self) -> None:
        """All that is due, as a worker finds it; and once more what has been done."""
        for model in self.models:
            model.work(self.now)
        due = {ref for ref, at in (await self._due()).items() if at <= self.now}
        for _ in range(2):
            for ref in sorted(due):
                await perform(self.store, KINDS[REMINDING], ScheduledAction(REMINDING, self.alice.team.id, ref))

    async def check(self) -> None:
        async with self.store.reading() as reader:
            reminders = await reminders_of(reader, self.alice.caller, [task.id for task in self.tasks])
            tasks = [await find_task(reader, self.alice.caller, task.id) for task in self.tasks]
            told = await list_notifications(reader, self.alice.caller, offset=0, limit=1000)
        due = await self._due()
        for model, task in zip(self.models, tasks, strict=True):
            assert (task.due_at, task.due_on, task.is_open) == (model.due_at, model.due_on, model.open)
            standing = reminders.get(task.id, [])
            assert {each.uid: (each.relative, each.at, due.pop(each.id, None)) for each in standing} == {
                uid: (each.relative, each.at, each.due) for uid, each in model.reminders.items()
            }
            noted = [(each.reminder_uid, each.at) for each in told if each.task_uid == task.uid]
            assert (len(noted), set(noted)) == (len(model.told), model.told)
        assert due == {}

    async def _due(self) -> dict[int, datetime]:
        async with self.store.reading() as reader:
            rows = await reader.fetch(
                "select d.ref, d.at from due d where d.team_id = $1 and d.kind = $2", self.alice.team.id, REMINDING
            )
        return {row["ref"]: row["at"] for row in rows}

    async def _do(self, one: Verb, many: BulkVerb, chosen: list[int], together: bool, **arguments: Any) -> None:
        tasks = [self.tasks[number] for number in chosen]
        if together:
            await run_all(self.store, self.alice, many, tasks, **arguments)
            return
        for task in tasks:
            await run(self.store, self.alice, one, task, **arguments)


async def check_series(store: Store, zone: str, series: list[tuple[Any, ...]]) -> None:
    alice = await new_person(store, "", await new_team(store, zone=zone), "Alice")
    simulation = Simulation(store, alice, ZoneInfo(zone))
    await simulation.begin()
    for step, *arguments in series:
        await getattr(simulation, step)(*arguments)
        await simulation.check()


some = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@some
@given(zone=st.sampled_from(EVERY), series=SERIES)
async def test_any_series_in_some_zones(store: Store, zone: str, series: list[tuple[Any, ...]]) -> None:
    await check_series(store, zone, series)


@pytest.mark.long
@pytest.mark.parametrize("zone", EVERY)
@settings(some, max_examples=6)
@given(series=SERIES)
async def test_any_series_in_every_zone(store: Store, zone: str, series: list[tuple[Any, ...]]) -> None:
    await check_series(store, zone, series)
