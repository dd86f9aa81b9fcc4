"""A task's reminders: set as a whole, kept by their uid, following the due time, due when they come."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from tests.core.tasks.rows import events_of, instants_of, read, reminding_of, run
from tests.core.tasks.test_bulk import run_all
from tests.core.tasks.verbs import complete_tasks, edit_task, reopen_tasks, reschedule_tasks, set_reminders
from tests.counting import counting
from tests.factories import NOON, contact_of, task_of
from tests.people import Person
from touchbook.core.accounts.opening import open_account
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.identity import new_uid
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task, delete_tasks
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.reminder import Reminder, RequestedReminder
from touchbook.core.tasks.reminding import MOST_REMINDERS, reminders_of
from touchbook.core.tasks.rescheduling import reschedule_task, snooze_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DUE = datetime(2098, 12, 31, 17, tzinfo=UTC)
EARLY, LATE = DUE - 2 * HOUR, DUE - HOUR
MICROSECOND = timedelta(microseconds=1)


def relative(at: datetime = EARLY, uid: UUID | None = None) -> RequestedReminder:
    return RequestedReminder(True, at, uid)


def fixed(at: datetime = LATE, uid: UUID | None = None) -> RequestedReminder:
    return RequestedReminder(False, at, uid)


def kept(reminder: Reminder, **changed: Any) -> RequestedReminder:
    wish = RequestedReminder(reminder.relative, reminder.at, reminder.uid)
    return msgspec.structs.replace(wish, **changed)


async def of(store: Store, person: Person, task: Task) -> list[Reminder]:
    async with store.reading() as reader:
        return (await reminders_of(reader, person.caller, [task.id])).get(task.id, [])


async def put(store: Store, person: Person, task: Task, *requested: RequestedReminder) -> list[Reminder] | None:
    after: list[Reminder] | None = await run(store, person, set_reminders, task, requested=requested)
    return after


async def reminded_task(store: Store, person: Person, *requested: RequestedReminder, **members: Any) -> Task:
    return await task_of(store, person, due_at=DUE, reminders=requested or (relative(), fixed()), **members)


def said(reminders: Sequence[Reminder]) -> list[tuple[bool, datetime]]:
    return [(each.relative, each.at) for each in reminders]


async def take_all(store: Store, person: Person) -> None:
    """As the job does when their instant comes."""
    async with store.transaction() as tx:
        await tx.execute("delete from due d where d.team_id = $1 and d.kind = 'task.remind'", person.team.id)


async def test_a_new_task_has_them_at_once(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice, fixed(LATE + MICROSECOND), relative(), fixed(NOON))
    reminders = await of(store, alice, task)
    assert said(reminders) == [(False, LATE + MICROSECOND), (True, EARLY), (False, NOON)]
    assert {each.task_id for each in reminders} == {task.id}
    assert reminders[0].created_at < reminders[1].created_at < reminders[2].created_at
    assert all(each.updated_at == each.created_at for each in reminders)
    assert len({each.uid for each in reminders}) == 3
    # The last of them has long passed.
    assert await reminding_of(store, alice, task) == [
        (LATE + MICROSECOND, LATE + MICROSECOND),
        (EARLY, EARLY),
        (NOON, None),
    ]
    [(kind, changes)] = await events_of(store, alice, task)
    assert (kind, [each["relative"] for each in changes["reminders"]]) == ("task.created", [False, True, False])


async def test_the_whole_set_is_replaced(store: Store, alice: Person, bob: Person) -> None:
    task = await reminded_task(store, alice)
    before = await of(store, alice, task)
    after = await put(store, bob, task, fixed(EARLY))
    assert after == await of(store, alice, task)
    assert said(after) == [(False, EARLY)]
    assert after[0].uid not in {each.uid for each in before}
    assert await reminding_of(store, alice, task) == [(EARLY, EARLY)]
    now = await read(store, alice, task)
    assert now.updated_at > task.updated_at
    assert (now.updated_by, now.state_changed_at) == (bob.user_id, task.state_changed_at)
    (kind, changes) = (await events_of(store, alice, task))[-1]
    assert kind == "task.reminders_changed"
    assert changes == {
        "reminders": [{"relative": False, "at": "2098-12-31T15:00:00Z", "uid": str(after[0].uid)}],
    }
    assert await put(store, bob, task) == []
    assert await reminding_of(store, alice, task) == []


async def test_deleted_ones_stay_in_the_store(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    await put(store, alice, task)
    async with store.reading() as reader:
        gone = await reader.fetch(
            "select r.deleted_at, r.updated_at from reminders r where r.team_id = $1 and r.task_id = $2",
            alice.team.id,
            task.id,
        )
    assert len(gone) == 2
    assert all(row["deleted_at"] == row["updated_at"] is not None for row in gone)


async def test_one_that_is_named_is_changed_in_place(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    first, second = await of(store, alice, task)
    after = await put(store, alice, task, fixed(NOON), kept(second), kept(first, at=DUE, relative=False))
    assert after is not None
    moved, same, added = after
    assert same == second
    assert (moved.id, moved.uid, moved.created_at) == (first.id, first.uid, first.created_at)
    assert (moved.at, moved.relative) == (DUE, False)
    assert moved.updated_at > first.updated_at
    assert (added.at, added.relative) == (NOON, False)
    assert await reminding_of(store, alice, task) == [(DUE, DUE), (LATE, LATE), (NOON, None)]


async def test_what_is_as_it_was_is_no_change(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    first, second = await of(store, alice, task)
    for requested in ((kept(first), kept(second)), (kept(second), kept(first))):
        assert await put(store, alice, task, *requested) is None
    bare = await task_of(store, alice)
    assert await put(store, alice, bare) is None
    assert await of(store, alice, task) == [first, second]
    for each in (task, bare):
        assert await read(store, alice, each) == each
        assert [kind for kind, _ in await events_of(store, alice, each)] == ["task.created"]


async def test_what_the_task_does_not_have_is_unknown(store: Store, alice: Person, charlie: Person) -> None:
    task = await reminded_task(store, alice)
    [own, gone] = await of(store, alice, task)
    await put(store, alice, task, kept(own))
    other, theirs = await reminded_task(store, alice), await reminded_task(store, charlie)
    stranger = (await of(store, charlie, theirs))[0]
    for uid in (gone.uid, (await of(store, alice, other))[0].uid, stranger.uid, new_uid()):
        with pytest.raises(UnknownRecord) as refused:
            await put(store, alice, task, kept(own, at=NOON), fixed(uid=uid))
        assert (refused.value.noun, refused.value.identifier) == ("reminder", uid)
        with pytest.raises(UnknownRecord):
            await reminded_task(store, alice, fixed(uid=uid))
    assert await of(store, alice, task) == [own]
    assert (await of(store, charlie, theirs))[0] == stranger
    for foreign, person in ((task, charlie), (theirs, alice)):
        with pytest.raises(NotFound):
            await put(store, person, foreign, fixed())


async def test_bounds(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    [own, other] = await of(store, alice, task)
    most = [fixed(DUE + number * MINUTE) for number in range(MOST_REMINDERS)]
    with pytest.raises(Invalid) as refused:
        await put(store, alice, task, *most, relative())
    assert refused.value.problems.keys() == {"reminders"}
    with pytest.raises(Invalid):
        await reminded_task(store, alice, *most, relative())
    with pytest.raises(Invalid):
        await put(store, alice, task, kept(own), kept(own, at=NOON))
    assert await of(store, alice, task) == [own, other]
    after = await put(store, alice, task, *most)
    assert after is not None
    assert said(after) == [(False, each.at) for each in most]
    assert len(await of(store, alice, await reminded_task(store, alice, *most))) == MOST_REMINDERS


async def test_many_tasks_reminders_are_read_at_once(store: Store, alice: Person, charlie: Person) -> None:
    tasks = [await reminded_task(store, alice), await reminded_task(store, alice, fixed())]
    bare, theirs = await task_of(store, alice), await reminded_task(store, charlie)
    async with store.reading() as reader:
        found = await reminders_of(reader, alice.caller, [*(task.id for task in tasks), bare.id, theirs.id])
        assert await reminders_of(reader, alice.caller, []) == {}
    assert found == {task.id: await of(store, alice, task) for task in tasks}
    assert [len(found[task.id]) for task in tasks] == [2, 1]


async def test_it_takes_as_many_statements_for_a_hundred(store: Store, alice: Person) -> None:
    counts = []
    for number in (2, MOST_REMINDERS):
        requested = [relative(EARLY - minute * MINUTE) for minute in range(number)]
        with counting() as count:
            task = await reminded_task(store, alice, *requested)
            stand = [kept(each, at=LATE) for each in await of(store, alice, task)]
            await put(store, alice, task, *stand[:-1], fixed())
            await run(store, alice, reschedule_task, task, due_at=DUE + HOUR)
            await run(store, alice, delete_task, task)
        counts.append(count())
    assert counts[0] == counts[1] >= 1


async def test_what_passed_long_ago_is_not_due(store: Store, alice: Person) -> None:
    """Clocks differ by some minutes; a moment ago is meant for now."""
    now = datetime(2026, 7, 15, 12, tzinfo=UTC)
    still = Store(store.pool, clock=lambda: now, witness=store.witness)
    moments = [now - 5 * MINUTE - MICROSECOND, now - 5 * MINUTE, now - MICROSECOND, now, now + MICROSECOND]
    requested = [fixed(at) for at in moments]
    task = await reminded_task(still, alice, *requested)
    expected = [(moments[0], None), *((at, at) for at in moments[1:])]
    assert await reminding_of(still, alice, task) == expected
    other = await task_of(still, alice)
    await put(still, alice, other, *requested)
    assert await reminding_of(still, alice, other) == expected


@pytest.mark.parametrize("many", [False, True])
async def test_what_is_due_moves_with_the_due_time(store: Store, alice: Person, many: bool) -> None:
    task = await reminded_task(store, alice)
    far = timedelta(days=40_000)
    for due_at in (DUE + HOUR, DUE - far, DUE + 3 * HOUR + MICROSECOND):
        if many:
            assert await run_all(store, alice, reschedule_tasks, [task], due_at=due_at) == 1
        else:
            await run(store, alice, reschedule_task, task, due_at=due_at)
        at = EARLY + (due_at - DUE)
        assert await reminding_of(store, alice, task) == [(at, None if due_at < NOON else at), (LATE, LATE)]


async def test_snoozing_moves_them(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    await run(store, alice, snooze_task, task)
    assert await reminding_of(store, alice, task) == [(EARLY + 24 * HOUR, EARLY + 24 * HOUR), (LATE, LATE)]


async def test_without_a_due_time_they_stay_where_they_are(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    for arguments in ({}, {"due_at": DUE + HOUR}):
        await run(store, alice, reschedule_task, task, **arguments)
        assert await instants_of(store, alice, task) == [EARLY, LATE]


async def test_what_has_had_its_turn_comes_again_only_if_it_moves(store: Store, alice: Person) -> None:
    task = await reminded_task(store, alice)
    await take_all(store, alice)
    first, second = await of(store, alice, task)
    await put(store, alice, task, kept(first, relative=False), kept(second, relative=True))
    await put(store, alice, task, kept(first), kept(second))
    await run(store, alice, edit_task, task, title="Other")
    await run(store, alice, complete_task, task)
    await run(store, alice, reopen_task, task)
    await run_all(store, alice, complete_tasks, [task])
    await run_all(store, alice, reopen_tasks, [task])
    await run_all(store, alice, reschedule_tasks, [task], due_at=DUE)
    assert await reminding_of(store, alice, task) == [(EARLY, None), (LATE, None)]
    await put(store, alice, task, kept(first), kept(second, at=DUE))
    assert await reminding_of(store, alice, task) == [(EARLY, None), (DUE, DUE)]
    await run(store, alice, reschedule_task, task, due_at=DUE + HOUR)
    assert await reminding_of(store, alice, task) == [(LATE, LATE), (DUE, DUE)]


async def test_of_several_tasks_only_those_that_move_are_due_again(store: Store, alice: Person) -> None:
    tasks = [await reminded_task(store, alice), await reminded_task(store, alice)]
    await take_all(store, alice)
    await run(store, alice, reschedule_task, tasks[0], due_at=DUE + HOUR)
    await take_all(store, alice)
    assert await run_all(store, alice, reschedule_tasks, tasks, due_at=DUE + HOUR) == 1
    assert await reminding_of(store, alice, tasks[0]) == [(LATE, None), (LATE, None)]
    assert await reminding_of(store, alice, tasks[1]) == [(LATE, LATE), (LATE, None)]


async def test_of_a_deleted_task_nothing_is_due(store: Store, alice: Person, charlie: Person) -> None:
    gone, other, theirs = [await reminded_task(store, person) for person in (alice, alice, charlie)]
    await run(store, alice, delete_task, gone)
    assert [due for _, due in await reminding_of(store, alice, gone)] == [None, None]
    for task, person in ((other, alice), (theirs, charlie)):
        assert await reminding_of(store, person, task) == [(EARLY, EARLY), (LATE, LATE)]
    with pytest.raises(NotFound):
        await put(store, alice, gone, fixed())


async def test_of_a_deleted_account_s_tasks_nothing_is_due(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        account = await open_account(tx, alice.caller, kind="company", name="Cyberdyne")
    contact = await contact_of(store, alice)
    gone = [
        await reminded_task(store, alice, associations=[NewAssociation("account", account.id)]) for _ in range(2)
    ]
    other = await reminded_task(store, alice, contact_id=contact.id)
    async with store.transaction() as tx:
        assert await delete_tasks(tx, alice.caller, [task.id for task in gone]) == 2
    for task in gone:
        assert [due for _, due in await reminding_of(store, alice, task)] == [None, None]
    assert await reminding_of(store, alice, other) == [(EARLY, EARLY), (LATE, LATE)]


async def test_changes_at_once_come_one_after_the_other(store: Store, alice: Person, bob: Person) -> None:
    task = await reminded_task(store, alice)
    await asyncio.gather(
        *(
            put(store, person, task, fixed(DUE + number * MINUTE))
            for number in range(5)
            for person in (alice, bob)
        ),
        *(run(store, alice, reschedule_task, task, due_at=DUE + number * MINUTE) for number in range(1, 5)),
    )
    [(at, due)] = await reminding_of(store, alice, task)
    assert at == due
    told = [
        changes["reminders"] for kind, changes in await events_of(store, alice, task) if "reminders" in changes
    ]
    assert [len(each) for each in told] == [2] + [1] * 10
