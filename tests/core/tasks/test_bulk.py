"""The verbs on many tasks say the same as their namesakes for one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.core.tasks.rows import (
    Verb,
    changed_members,
    check_kept,
    due_of,
    events_of,
    read,
    reminding_of,
    run,
)
from tests.core.tasks.verbs import complete_tasks, reassign_tasks, reopen_tasks, reschedule_tasks
from tests.counting import counting
from tests.factories import NOON, task_of
from tests.people import Person
from touchbook.core import events
from touchbook.core.errors import UnknownRecord
from touchbook.core.tasks.assigning import reassign_task
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.rescheduling import reschedule_task
from touchbook.core.tasks.task import CLOSED, LIFE, Task
from touchbook.store.postgres import Store

BulkVerb = Callable[..., Awaitable[int]]

FAR = datetime(2099, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
WHENS: list[dict[str, Any]] = [{"due_at": NOON}, {"due_on": date(2026, 3, 7)}, {"due_at": None}]
SKIPS = (None, PAST, FAR)
# What has passed is not due, what is to come is.
REMINDERS = [RequestedReminder(relative, at - HOUR) for relative in (True, False) for at in (PAST, FAR)]


async def run_all(store: Store, person: Person, verb: BulkVerb, tasks: list[Task], **arguments: Any) -> int:
    async with store.transaction() as tx:
        return await verb(tx, person.caller, task_ids=[task.id for task in tasks], **arguments)


async def variety(store: Store, alice: Person, bob: Person) -> list[Task]:
    """Every state, with and without a skip time, a time, a day, people and reminders."""
    crowds = [[], [alice.user_id], [alice.user_id, bob.user_id], [bob.user_id, alice.user_id]]
    tasks = []
    for number, status in enumerate(LIFE * 3):
        task = await task_of(
            store,
            alice,
            status=status,
            scheduled_at=FAR if status == "scheduled" else None,
            autoskip_at=SKIPS[number // len(LIFE)],
            assignees=crowds[number % len(crowds)],
            reminders=REMINDERS,
            **WHENS[number % len(WHENS)],
        )
        tasks.append(task)
    return tasks


async def told(store: Store, person: Person, task: Task) -> tuple[Any, ...]:
    """All that a verb leaves behind."""
    ours = {"id", "uid", "created_at", "updated_at", "state_changed_at", "completed_at"}
    now = await read(store, person, task)
    members = {name: getattr(now, name) for name in Task.__struct_fields__ if name not in ours}
    events = [
        (kind, {name: value if name != "completed_at" else bool(value) for name, value in changes.items()})
        for kind, changes in await events_of(store, person, task)
    ]
    changed = (now.completed_at is None, now.updated_at > task.updated_at, now.state_changed_at > task.updated_at)
    return members, changed, events, await due_of(store, person, task), await reminding_of(store, person, task)


@pytest.mark.parametrize(
    ("many", "one", "arguments"),
    [
        (complete_tasks, complete_task, {}),
        (reopen_tasks, reopen_task, {}),
        (reschedule_tasks, reschedule_task, {}),
        (reschedule_tasks, reschedule_task, {"due_at": NOON + timedelta(days=5, microseconds=1)}),
        (reschedule_tasks, reschedule_task, {"due_at": NOON}),
        # The day after the clocks went forward.
        (reschedule_tasks, reschedule_task, {"due_on": date(2026, 3, 9)}),
        (reschedule_tasks, reschedule_task, {"due_on": date(2026, 3, 7)}),
        (reassign_tasks, reassign_task, {"assignee": "alice"}),
        (reassign_tasks, reassign_task, {"assignee": "bob"}),
        (reassign_tasks, reassign_task, {"assignee": None}),
    ],
)
async def test_it_says_the_same_as_its_namesake(
    store: Store, alice: Person, bob: Person, many: BulkVerb, one: Verb, arguments: dict[str, Any]
) -> None:
    if "assignee" in arguments:
        people = {"alice": alice.user_id, "bob": bob.user_id, None: None}
        arguments = {"assignee": people[arguments["assignee"]]}
    singly, together = await variety(store, alice, bob), await variety(store, alice, bob)
    done = [await run(store, bob, one, task, **arguments) for task in singly]
    assert await run_all(store, bob, many, together, **arguments) == sum(task is not None for task in done) > 0
    for before, other in zip(together, singly, strict=True):
        assert await told(store, alice, before) == await told(store, alice, other)
        await check_kept(store, alice, await read(store, alice, before))
    # The second time too, when most have nothing to change.
    done = [await run(store, bob, one, task, **arguments) for task in singly]
    assert await run_all(store, bob, many, together, **arguments) == sum(task is not None for task in done)
    for before, other in zip(together, singly, strict=True):
        assert await told(store, alice, before) == await told(store, alice, other)


VERBS: list[tuple[BulkVerb, dict[str, Any]]] = [
    (complete_tasks, {}),
    (reopen_tasks, {}),
    (reschedule_tasks, {"due_on": date(2026, 3, 9)}),
    (reassign_tasks, {"assignee": None}),
]


async def summaries_of(store: Store, person: Person) -> list[tuple[str, dict[str, Any]]]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select e.kind, e.changes from events e where e.team_id = $1 and e.subject_id is null order by e.id",
            person.team.id,
        )
    return [(row["kind"], msgspec.json.decode(row["changes"])) for row in rows]


@pytest.mark.parametrize(
    ("verb", "arguments", "kind", "summary"),
    [
        (complete_tasks, {}, "task.completed", {"status": "completed"}),
        (
            reschedule_tasks,
            {"due_on": date(2026, 3, 9)},
            "task.rescheduled",
            {"due_on": "2026-03-09", "due_at": None},
        ),
        (reassign_tasks, {"assignee": None}, "task.reassigned", {"assignees": []}),
    ],
)
async def test_above_the_most_there_is_one_event_for_all(
    store: Store,
    alice: Person,
    monkeypatch: pytest.MonkeyPatch,
    verb: BulkVerb,
    arguments: dict[str, Any],
    kind: str,
    summary: dict[str, Any],
) -> None:
    monkeypatch.setattr(events, "MOST_EVENTS", 3)
    tasks = [await task_of(store, alice, assignees=[alice.user_id]) for _ in range(7)]
    assert await run_all(store, alice, verb, tasks[:3], **arguments) == 3
    assert await summaries_of(store, alice) == []
    assert [len(await events_of(store, alice, task)) for task in tasks] == [2, 2, 2, 1, 1, 1, 1]
    # Those that are as they shall be count for nothing.
    assert await run_all(store, alice, verb, tasks, **arguments) == 4
    assert [len(await events_of(store, alice, task)) for task in tasks] == [2, 2, 2, 1, 1, 1, 1]
    [(told_kind, changes)] = await summaries_of(store, alice)
    assert (told_kind, changes["count"]) == (kind, 4)
    assert {name: changes[name] for name in summary} == summary
    for task in tasks:
        await check_kept(store, alice, await read(store, alice, task))


def test_the_most_is_a_thousand() -> None:
    assert events.MOST_EVENTS == 1000


@pytest.mark.parametrize(("verb", "arguments"), VERBS)
async def test_a_deleted_task_is_never_touched(
    store: Store, alice: Person, verb: BulkVerb, arguments: dict[str, Any]
) -> None:
    status = "completed" if verb is reopen_tasks else "open"
    gone = await task_of(
        store, alice, status=status, assignees=[alice.user_id], autoskip_at=FAR, reminders=REMINDERS
    )
    await run(store, alice, delete_task, gone)
    before = await everything(store, alice)
    assert await run_all(store, alice, verb, [gone], **arguments) == 0
    assert await everything(store, alice) == before


@pytest.mark.parametrize(("verb", "arguments"), VERBS)
async def test_another_team_s_task_is_never_touched(
    store: Store, alice: Person, charlie: Person, verb: BulkVerb, arguments: dict[str, Any]
) -> None:
    status = "completed" if verb is reopen_tasks else "open"
    foreign = await task_of(
        store, charlie, status=status, assignees=[charlie.user_id], autoskip_at=FAR, reminders=REMINDERS
    )
    before = await everything(store, charlie)
    assert await run_all(store, alice, verb, [foreign], **arguments) == 0
    assert await everything(store, charlie) == before


async def everything(store: Store, person: Person) -> list[list[str]]:
    """All rows of the team that a verb on tasks writes."""
    tables = ("tasks", "task_assignees", "task_texts", "reminders", "due", "events")
    async with store.reading() as reader:
        return [
            [
                str(row["row"])
                for row in await reader.fetch(
                    f"select x::text as row from {table} x where x.team_id = $1 order by 1", person.team.id
                )
            ]
            for table in tables
        ]


async def test_nobody_unknown_is_assigned(store: Store, alice: Person, charlie: Person) -> None:
    task = await task_of(store, alice)
    with pytest.raises(UnknownRecord):
        await run_all(store, alice, reassign_tasks, [task], assignee=charlie.user_id)
    assert await read(store, alice, task) == task


async def test_reassigning_keeps_the_rest(store: Store, alice: Person, bob: Person) -> None:
    """M-8: who comes first stood behind before, and is there once."""
    both = await task_of(store, alice, assignees=[alice.user_id, bob.user_id])
    assert await run_all(store, alice, reassign_tasks, [both], assignee=bob.user_id) == 1
    after = await read(store, alice, both)
    assert (after.assignees, changed_members(both, after)) == ([bob.user_id], {"assignees"})
    await check_kept(store, alice, after)


async def test_it_takes_as_many_statements_for_twenty_tasks_as_for_one(
    store: Store, alice: Person, bob: Person
) -> None:
    counts = []
    for number in (1, 20):
        tasks = [
            await task_of(store, alice, status=sorted(CLOSED)[n % 4], assignees=[alice.user_id, bob.user_id])
            for n in range(number)
        ]
        with counting() as count:
            assert await run_all(store, alice, reopen_tasks, tasks) == number
            assert await run_all(store, alice, complete_tasks, tasks) == number
            assert await run_all(store, alice, reschedule_tasks, tasks, due_on=date(2026, 3, 9)) == number
            assert await run_all(store, alice, reassign_tasks, tasks, assignee=bob.user_id) == number
        counts.append(count())
    assert counts[0] == counts[1] >= 1


async def test_nothing_is_done_to_no_tasks(store: Store, alice: Person) -> None:
    for verb, arguments in VERBS:
        assert await run_all(store, alice, verb, [], **arguments) == 0
    assert [kind for kind, _ in await summaries_of(store, alice)] == []
