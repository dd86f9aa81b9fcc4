"""Each verb changes what it says, writes one event of the changed fields, and a second call does nothing."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.clock import utc_now
from tests.core.tasks.rows import (
    Verb,
    check_kept,
    check_verb,
    due_of,
    events_of,
    instants_of,
    read,
    run,
)
from tests.core.tasks.verbs import edit_task, set_reminders
from tests.factories import NOON, contact_of, tag_of, task_of
from tests.people import Person
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.tasks.assigning import assign_task, reassign_task
from touchbook.core.tasks.completing import cancel_task, complete_task, miss_task, skip_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import open_task, reopen_task, start_task
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.rescheduling import reschedule_task, snooze_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

DAY = timedelta(days=1)
FAR = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
async def task(store: Store, alice: Person, bob: Person) -> Task:
    return await task_of(store, alice, assignees=[alice.user_id, bob.user_id], autoskip_at=FAR)


async def test_creating_writes_everything_and_one_event(store: Store, alice: Person, bob: Person) -> None:
    contact, tag = await contact_of(store, alice), await tag_of(store, alice)
    task = await task_of(
        store,
        alice,
        contact_id=contact.id,
        tags=[tag.id, tag.id],
        assignees=[bob.user_id, alice.user_id, bob.user_id],
        autoskip_at=FAR,
    )
    assert task == await read(store, alice, task)
    assert (task.assignees, task.tags, task.first("contact")) == (
        [bob.user_id, alice.user_id],
        [tag.id],
        contact.id,
    )
    assert (task.account_id, task.created_by, task.status) == (contact.account_id, alice.user_id, "open")
    await check_kept(store, alice, task)
    [(kind, changes)] = await events_of(store, alice, task)
    assert kind == "task.created"
    assert changes["title"] == "Follow up"


async def test_a_task_scheduled_for_later_waits(store: Store, alice: Person) -> None:
    waiting = await task_of(store, alice, scheduled_at=FAR)
    assert (waiting.status, await due_of(store, alice, waiting)) == ("scheduled", {"task.open": FAR})
    assert (await task_of(store, alice, scheduled_at=utc_now() - DAY)).status == "open"


async def test_what_is_unknown_is_refused_whole(store: Store, alice: Person, charlie: Person) -> None:
    foreign = await contact_of(store, charlie)
    with pytest.raises(UnknownRecord):
        await task_of(store, alice, contact_id=foreign.id)
    with pytest.raises(UnknownRecord):
        await task_of(store, alice, assignees=[alice.user_id, charlie.user_id])
    async with store.reading() as reader:
        assert await reader.fetch_value("select count(*) from tasks where team_id = $1", alice.team.id) == 0


@pytest.mark.parametrize(
    ("verb", "status"),
    [(complete_task, "completed"), (cancel_task, "cancelled"), (miss_task, "no_show"), (skip_task, "skipped")],
)
async def test_ending(store: Store, bob: Person, task: Task, verb: Verb, status: str) -> None:
    changed = {"status", "completed_at"} | ({"completed_by"} if status != "skipped" else set())
    ended = await check_verb(store, bob, verb, task, event=f"task.{status}", changed=changed)
    assert ended.status == status
    assert ended.completed_by == (None if status == "skipped" else bob.user_id)
    assert ended.state_changed_at > task.state_changed_at
    for other in (complete_task, cancel_task, miss_task, skip_task, open_task, start_task):
        assert await run(store, bob, other, task) is None
    assert await read(store, bob, task) == ended


async def test_starting_and_opening_again(store: Store, alice: Person, task: Task) -> None:
    started = await check_verb(store, alice, start_task, task, event="task.started", changed={"status"})
    assert started.status == "in_progress"
    assert (
        await check_verb(store, alice, open_task, started, event="task.opened", changed={"status"})
    ).status == "open"


async def test_opening_what_was_scheduled(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, scheduled_at=FAR, assignees=[alice.user_id])
    opened = await check_verb(store, alice, open_task, task, event="task.opened", changed={"status"})
    assert opened.state_changed_at > task.state_changed_at


@pytest.mark.parametrize("end", [complete_task, cancel_task, miss_task])
async def test_reopening_clears_the_completion(store: Store, alice: Person, task: Task, end: Verb) -> None:
    assert await run(store, alice, reopen_task, task) is None
    ended = await run(store, alice, end, task)
    changed = {"status", "completed_at", "completed_by"}
    opened = await check_verb(store, alice, reopen_task, ended, event="task.reopened", changed=changed)
    assert (opened.status, opened.completed_at, opened.completed_by) == ("open", None, None)
    assert await due_of(store, alice, task) == {"task.skip": FAR}


async def test_reopening_what_was_skipped_does_not_skip_it_again(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, autoskip_at=utc_now() - DAY)
    await run(store, alice, skip_task, task)
    opened = await run(store, alice, reopen_task, task)
    assert (opened.autoskip_at, await due_of(store, alice, task)) == (None, {})


async def test_rescheduling(store: Store, alice: Person, task: Task) -> None:
    moved = await check_verb(
        store, alice, reschedule_task, task, event="task.rescheduled", changed={"due_at"}, due_at=NOON + DAY
    )
    dated = await check_verb(
        store,
        alice,
        reschedule_task,
        moved,
        event="task.rescheduled",
        changed={"due_at", "due_on"},
        due_on=date(2026, 7, 20),
    )
    gone = await check_verb(store, alice, reschedule_task, dated, event="task.rescheduled", changed={"due_on"})
    assert (gone.due_at, gone.due_on) == (None, None)


async def test_relative_reminders_keep_their_distance(store: Store, alice: Person, task: Task) -> None:
    hour = timedelta(hours=1)
    reminders = [RequestedReminder(True, NOON - 2 * hour), RequestedReminder(False, NOON - hour)]
    await run(store, alice, set_reminders, task, requested=reminders)
    await run(store, alice, reschedule_task, task, due_at=NOON + 3 * DAY + timedelta(microseconds=1))
    moved = NOON + 3 * DAY + timedelta(microseconds=1) - 2 * hour
    assert await instants_of(store, alice, task) == [moved, NOON - hour]
    # 2026-07-20 begins at 05:00 UTC for the team.
    await run(store, alice, reschedule_task, task, due_on=date(2026, 7, 20))
    assert await instants_of(store, alice, task) == [datetime(2026, 7, 20, 3, tzinfo=UTC), NOON - hour]
    await run(store, alice, edit_task, task, title="Other")
    assert await instants_of(store, alice, task) == [datetime(2026, 7, 20, 3, tzinfo=UTC), NOON - hour]


async def test_a_distance_is_what_passes_not_what_the_clock_shows(store: Store, alice: Person) -> None:
    """On the 8th the team's clocks go forward: from midnight of the 7th to that of the 9th it is 47 hours."""
    task = await task_of(store, alice, due_on=date(2026, 3, 7))
    at_its_start = RequestedReminder(True, datetime(2026, 3, 7, 5, tzinfo=UTC))
    await run(store, alice, set_reminders, task, requested=[at_its_start])
    await run(store, alice, reschedule_task, task, due_on=date(2026, 3, 9))
    assert await instants_of(store, alice, task) == [datetime(2026, 3, 9, 4, tzinfo=UTC)]


async def test_snoozing_counts_from_the_later_of_now_and_due(store: Store, alice: Person) -> None:
    now = datetime(2026, 7, 16, 3, tzinfo=UTC)
    still = Store(store.pool, clock=lambda: now)
    for due_at, snoozed in ((now - 3 * DAY, now + DAY), (now + 3 * DAY, now + 4 * DAY), (None, now + DAY)):
        task = await task_of(store, alice, due_at=due_at)
        assert (await run(still, alice, snooze_task, task)).due_at == snoozed
    # It is still the 15th for the team, whose clocks are five hours behind.
    for due_on, day in ((date(2026, 7, 10), 16), (date(2026, 7, 15), 16), (date(2026, 7, 18), 19)):
        task = await task_of(store, alice, due_on=due_on)
        snoozed_task = await run(still, alice, snooze_task, task)
        assert (snoozed_task.due_on, snoozed_task.due_at) == (date(2026, 7, day), None)
        await check_kept(store, alice, snoozed_task)


async def test_assigning_is_exact(store: Store, alice: Person, bob: Person, task: Task) -> None:
    swapped = await check_verb(
        store,
        alice,
        assign_task,
        task,
        event="task.reassigned",
        changed={"assignees"},
        assignees=[bob.user_id, alice.user_id, bob.user_id],
    )
    assert swapped.assignees == [bob.user_id, alice.user_id]
    nobody = await check_verb(
        store, alice, assign_task, swapped, event="task.reassigned", changed={"assignees"}, assignees=[]
    )
    assert nobody.assignees == []


async def test_reassigning_replaces_the_first_and_keeps_the_rest(
    store: Store, alice: Person, bob: Person, task: Task
) -> None:
    swapped = await check_verb(
        store, alice, reassign_task, task, event="task.reassigned", changed={"assignees"}, assignee=bob.user_id
    )
    assert swapped.assignees == [bob.user_id]
    assert await run(store, alice, assign_task, task, assignees=[alice.user_id, bob.user_id]) is not None
    assert (await run(store, alice, reassign_task, task, assignee=None)).assignees == [bob.user_id]


async def test_assigning_to_a_stranger_is_refused(
    store: Store, alice: Person, charlie: Person, task: Task
) -> None:
    for verb, arguments in (
        (assign_task, {"assignees": [charlie.user_id]}),
        (reassign_task, {"assignee": charlie.user_id}),
    ):
        with pytest.raises(UnknownRecord):
            await run(store, alice, verb, task, **arguments)
    assert await read(store, alice, task) == task


@pytest.mark.parametrize(
    "members",
    [
        {"title": "Other"},
        {"title": None, "description": "First line\nsecond"},
        {"priority": 4, "kind": "call"},
        {"end_at": NOON, "autoskip_at": None},
        {"autoskip_at": FAR + DAY},
        {"metadata": '{"template": "<html></html>"}', "deal_rule": "kept"},
    ],
)
async def test_editing(store: Store, alice: Person, task: Task, members: dict[str, Any]) -> None:
    edited = await check_verb(store, alice, edit_task, task, event="task.updated", changed=set(members), **members)
    assert {name: getattr(edited, name) for name in members} == members


async def test_editing_writes_only_what_differs(store: Store, alice: Person, task: Task) -> None:
    await run(store, alice, edit_task, task, title=task.title, priority=3)
    assert (await events_of(store, alice, task))[-1] == ("task.updated", {"priority": 3})


async def test_deleting(store: Store, alice: Person, task: Task) -> None:
    await run(store, alice, delete_task, task)
    assert [kind for kind, _ in await events_of(store, alice, task)] == ["task.created", "task.deleted"]
    assert await due_of(store, alice, task) == {}
    for verb in (delete_task, complete_task, reopen_task, snooze_task, edit_task, reschedule_task):
        with pytest.raises(NotFound):
            await run(store, alice, verb, task)


@pytest.mark.parametrize("verb", [complete_task, reopen_task, snooze_task, delete_task, start_task, edit_task])
async def test_another_teams_task_is_not_found(
    store: Store, alice: Person, charlie: Person, task: Task, verb: Verb
) -> None:
    with pytest.raises(NotFound):
        await run(store, charlie, verb, task)
    assert await read(store, alice, task) == task
