"""When the instant of a reminder comes, people are told, once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.clock import utc_now
from tests.core.tasks.verbs import set_reminders
from tests.factories import task_of
from tests.jobs.test_outages import kill_in_the_middle
from tests.jobs.working import HOUR, actions_of, ahead, events_of, until_idle, working
from tests.people import Person, new_person
from touchbook.core.notifications.notification import Notification
from touchbook.core.notifications.queries import list_notifications
from touchbook.core.notifications.reading import mark_all_read
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.locking import lock_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.reminder import Reminder, RequestedReminder
from touchbook.core.tasks.reminding import reminders_of
from touchbook.core.tasks.rescheduling import reschedule_task
from touchbook.core.tasks.scheduled_actions import REMINDING
from touchbook.core.tasks.task import Task
from touchbook.jobs.due import queue_due
from touchbook.jobs.queue import perform
from touchbook.jobs.scheduled_action import ScheduledAction
from touchbook.jobs.upkeep import keep_house
from touchbook.jobs.worker import KINDS
from touchbook.store.postgres import Store

DUE = datetime(2098, 12, 31, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def reminded_task(store: Store, person: Person, *ins: timedelta, **members: Any) -> Task:
    """One reminder in each of these times, an hour if none is given."""
    requested = [RequestedReminder(True, utc_now() + each) for each in ins or (HOUR,)]
    return await task_of(store, person, due_at=DUE, reminders=requested, **members)


async def of(store: Store, person: Person, task: Task) -> list[Reminder]:
    async with store.reading() as reader:
        return (await reminders_of(reader, person.caller, [task.id])).get(task.id, [])


async def told(store: Store, person: Person) -> list[Notification]:
    async with store.reading() as reader:
        return await list_notifications(reader, person.caller, offset=0, limit=100)


async def perform_all(store: Store, person: Person, reminders: Sequence[Reminder]) -> None:
    for each in reminders:
        await perform(store, KINDS[REMINDING], ScheduledAction(REMINDING, person.team.id, each.id))


async def act(store: Store, person: Person, verb: Any, task: Task, **arguments: Any) -> None:
    async with store.transaction() as tx:
        await verb(tx, person.caller, task_id=task.id, **arguments)


async def test_at_its_time_and_not_before(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice, HOUR / 4, HOUR, assignees=[alice.user_id])
    soon, later = await of(store, alice, task)
    half, two = ahead(store, HOUR / 2), ahead(store, 2 * HOUR)
    async with working(half):
        await until_idle(half, alice)
    assert [each.reminder_uid for each in await told(store, alice)] == [soon.uid]
    assert await actions_of(store, alice) == [REMINDING]
    async with working(two):
        await until_idle(two, alice)
    newest, oldest = await told(store, alice)
    assert (newest.reminder_uid, newest.at, oldest.at) == (later.uid, later.at, soon.at)
    assert (newest.task_uid, newest.title, newest.kind, newest.read_at) == (task.uid, task.title, "reminder", None)
    assert await actions_of(store, alice) == []
    assert await events_of(store, alice, task) == ["task.created", "task.reminded", "task.reminded"]


async def test_the_event_says_which_and_when(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    [reminder] = await of(store, alice, task)
    await perform_all(ahead(store, 2 * HOUR), alice, [reminder])
    async with store.reading() as reader:
        event = await reader.fetch_row(
            "select * from events where team_id = $1 and subject_id = $2 and kind = 'task.reminded'",
            alice.team.id,
            task.id,
        )
    assert event is not None
    assert (event["subject"], event["actor_id"], event["surface"]) == ("task", None, "worker")
    changes = msgspec.json.decode(event["changes"])
    assert changes.keys() == {"reminder", "at"}
    assert changes["reminder"] == str(reminder.uid)
    assert datetime.fromisoformat(changes["at"]) == reminder.at


async def test_who_is_told(store: Store, server: str, alice: Person, bob: Person, charlie: Person) -> None:
    gone = await new_person(store, server, alice.team, "Dora")
    crowds = {"both": [bob, alice, gone], "gone": [gone], "nobody": []}
    tasks = {
        name: await reminded_task(store, alice, assignees=[each.user_id for each in crowd])
        for name, crowd in crowds.items()
    }
    tasks["orphan"] = await reminded_task(store, gone)
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, gone.user_id
        )
    for task in tasks.values():
        await perform_all(ahead(store, 2 * HOUR), alice, await of(store, alice, task))
        assert await events_of(store, alice, task) == ["task.created", "task.reminded"]
    expected = {alice: ["nobody", "both"], bob: ["both"], gone: [], charlie: []}
    for person, names in expected.items():
        assert [each.task_uid for each in await told(store, person)] == [tasks[name].uid for name in names]


@pytest.mark.parametrize("when", ["before it is queued", "after it is queued"])
async def test_an_ended_task_reminds_nobody(store: Store, alice: Person, when: str) -> None:
    task, later = await reminded_task(store, alice), ahead(store, 2 * HOUR)
    if when == "after it is queued":
        await queue_due(later, KINDS)
    await act(store, alice, complete_task, task)
    async with working(later):
        await until_idle(later, alice)
    assert await actions_of(store, alice) == []
    # Opened again afterwards: its instant has passed.
    await act(later, alice, reopen_task, task)
    async with working(later):
        await until_idle(later, alice)
    assert await told(store, alice) == []
    assert await events_of(store, alice, task) == ["task.created", "task.completed", "task.reopened"]


async def test_opened_again_in_time_it_reminds(store: Store, alice: Person) -> None:
    task, later = await reminded_task(store, alice), ahead(store, 2 * HOUR)
    await act(store, alice, complete_task, task)
    await act(store, alice, reopen_task, task)
    async with working(later):
        await until_idle(later, alice)
    assert len(await told(store, alice)) == 1


async def test_a_deleted_task_or_reminder_is_no_failure(store: Store, alice: Person) -> None:
    tasks = [await reminded_task(store, alice) for _ in range(2)]
    later = ahead(store, 2 * HOUR)
    await queue_due(later, KINDS)
    await act(store, alice, delete_task, tasks[0])
    await act(store, alice, set_reminders, tasks[1], requested=[])
    async with working(later):
        await until_idle(later, alice)
    assert await told(store, alice) == []
    assert await actions_of(store, alice) == []
    assert [len(await events_of(store, alice, task)) for task in tasks] == [2, 2]


async def test_what_is_left_of_a_task_or_reminder_that_is_gone_is_dropped(store: Store, alice: Person) -> None:
    task, later = await reminded_task(store, alice), ahead(store, 2 * HOUR)
    [reminder] = await of(store, alice, task)
    await act(store, alice, delete_task, task)
    async with store.transaction() as tx:
        for ref in (reminder.id, 0):
            await tx.execute(
                "insert into due (team_id, kind, ref, at) values ($1, $2, $3, $4)",
                alice.team.id,
                REMINDING,
                ref,
                tx.now,
            )
    async with working(later):
        await until_idle(later, alice)
    assert await actions_of(store, alice) == []
    assert await told(store, alice) == []


async def test_one_team_s_job_leaves_the_other_s_reminders_alone(
    store: Store, alice: Person, charlie: Person
) -> None:
    task = await reminded_task(store, alice)
    later = ahead(store, 2 * HOUR)
    await perform_all(later, charlie, await of(store, alice, task))
    assert await told(store, alice) == await told(store, charlie) == []
    assert await actions_of(store, alice) == [REMINDING]


async def test_a_moment_ago_is_now_and_long_ago_is_never(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice, -4 * MINUTE, -6 * MINUTE)
    async with working(store):
        await until_idle(store, alice)
    assert [each.at for each in await told(store, alice)] == [(await of(store, alice, task))[0].at]
    # A minute later a second ago is six minutes ago; what is set then, comes no more.
    await act(ahead(store, 2 * MINUTE), alice, reschedule_task, task, due_at=DUE - MINUTE)
    async with working(ahead(store, 3 * MINUTE)):
        await until_idle(store, alice)
    assert len(await told(store, alice)) == 1


async def test_one_that_is_moved_comes_again(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    [reminder] = await of(store, alice, task)
    for hours in (2, 26, 50):
        later = ahead(store, hours * HOUR)
        async with working(later):
            await until_idle(later, alice)
        assert await actions_of(store, alice) == []
        due_at = DUE + (hours + 22) * HOUR
        await act(later, alice, reschedule_task, task, due_at=due_at)
    instants = [each.at - reminder.at for each in await told(store, alice)]
    assert instants == [48 * HOUR, 24 * HOUR, 0 * HOUR]
    assert await actions_of(store, alice) == [REMINDING]


async def test_moved_away_and_back_it_tells_nobody_twice_of_one_instant(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice, MINUTE)
    later = ahead(store, 2 * MINUTE)
    for due_at in (DUE + HOUR, DUE):
        await perform_all(later, alice, await of(store, alice, task))
        await act(later, alice, reschedule_task, task, due_at=due_at)
    assert await actions_of(store, alice) == [REMINDING]
    await perform_all(later, alice, await of(store, alice, task))
    assert len(await told(store, alice)) == 1
    assert (await events_of(store, alice, task)).count("task.reminded") == 1


@pytest.mark.parametrize(("moment", "left"), [("before", 0), ("after", 1)])
async def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    moment: str, left: int, store: Store, database_url: str, alice: Person, bob: Person
) -> None:
    later = ahead(store, 2 * HOUR)
    task = await reminded_task(store, alice, assignees=[alice.user_id, bob.user_id])
    await kill_in_the_middle(database_url, moment, alice)
    assert [len(await told(store, person)) for person in (alice, bob)] == [left, left]
    async with working(later):
        await until_idle(later, alice)
    assert [len(await told(store, person)) for person in (alice, bob)] == [1, 1]
    assert await events_of(store, alice, task) == ["task.created", "task.reminded"]


async def test_two_workers_tell_of_each_once(store: Store, alice: Person) -> None:
    tasks = [await reminded_task(store, alice, HOUR / 2, HOUR) for _ in range(15)]
    later = ahead(store, 2 * HOUR)
    async with working(later, workers=2):
        await until_idle(later, alice)
    assert sorted(each.reminder_uid for each in await told(store, alice)) == sorted(
        [each.uid for task in tasks for each in await of(store, alice, task)]
    )
    for task in tasks:
        assert (await events_of(store, alice, task))[1:] == ["task.reminded"] * 2


async def test_the_same_job_many_times_at_once_tells_once(store: Store, alice: Person) -> None:
    task, later = await reminded_task(store, alice), ahead(store, 2 * HOUR)
    reminders = await of(store, alice, task)
    await asyncio.gather(*(perform_all(later, alice, reminders) for _ in range(8)))
    assert len(await told(store, alice)) == 1


async def test_verbs_and_jobs_on_the_same_reminders_never_deadlock(store: Store, alice: Person) -> None:
    """The losers of a deadlock would raise Unavailable."""
    later = ahead(store, 2 * HOUR)
    for _ in range(15):
        task = await reminded_task(store, alice, HOUR / 2, HOUR)
        reminders = await of(store, alice, task)
        await asyncio.gather(
            perform_all(later, alice, reminders),
            perform_all(later, alice, reminders[::-1]),
            act(store, alice, set_reminders, task, requested=[RequestedReminder(False, DUE)]),
            act(store, alice, reschedule_task, task, due_at=DUE + HOUR),
            act(store, alice, complete_task, task),
        )


async def test_a_change_that_came_first_calls_the_job_off(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    [reminder] = await of(store, alice, task)
    async with store.transaction() as tx:
        await lock_task(tx, alice.caller, task.id)
        job = asyncio.create_task(perform_all(ahead(store, 2 * HOUR), alice, [reminder]))
        await asyncio.sleep(0.2)
        assert not job.done()
        put_off = [RequestedReminder(True, reminder.at + 3 * HOUR, reminder.uid)]
        await set_reminders(tx, alice.caller, task_id=task.id, requested=put_off)
    await job
    assert await told(store, alice) == []
    assert await actions_of(store, alice) == [REMINDING]


async def test_what_was_read_long_ago_is_forgotten(store: Store, alice: Person, bob: Person) -> None:
    """Long ago, so that no upkeep reaches what other tests have written."""
    read = datetime(1985, 3, 1, tzinfo=UTC)

    def at(days: int) -> Store:
        return Store(store.pool, clock=lambda: read + timedelta(days=days), witness=store.witness)

    both = [alice.user_id, bob.user_id]
    requested = [RequestedReminder(False, read)]
    task = await task_of(at(0), alice, due_at=read, reminders=requested, assignees=both)
    await perform_all(at(0), alice, await of(store, alice, task))
    async with at(1).transaction() as tx:
        assert await mark_all_read(tx, alice.caller) == 1
    await keep_house(at(91), event_days=400)
    assert [len(await told(store, person)) for person in (alice, bob)] == [1, 1]
    await keep_house(at(92), event_days=400)
    # What nobody has read is kept.
    assert [len(await told(store, person)) for person in (alice, bob)] == [0, 1]
