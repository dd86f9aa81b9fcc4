"""A task keeps members that one API knows alone, as other records do (tests/core/test_foreign_members.py)."""

from typing import Any

import pytest

from tests.core.tasks.rows import events_of, read
from tests.factories import task_of
from tests.people import Person
from touchbook.core.errors import Invalid
from touchbook.core.foreign_members import MOST_MEMBERS, ForeignMembers, members_of
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_tasks
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

CALLED: ForeignMembers = {"close": {"resolution": "Called", "agents": ["a", 1.5]}}


async def change(store: Store, person: Person, members: ForeignMembers, *tasks: Task, **others: Any) -> None:
    changes = TaskChanges(foreign_members=members, **others)
    async with store.transaction() as tx:
        await change_tasks(tx, person.caller, [task.id for task in tasks], changes)


async def held(store: Store, person: Person, task: Task, dialect: str = "close") -> dict[str, Any]:
    return members_of((await read(store, person, task)).foreign_members, dialect)


async def told(store: Store, person: Person, task: Task) -> list[Any]:
    return [changes.get("foreign_members") for _, changes in await events_of(store, person, task)]


async def test_they_are_created_with_it(store: Store, alice: Person) -> None:
    task, plain = await task_of(store, alice, foreign_members=CALLED), await task_of(store, alice)
    assert task == await read(store, alice, task)
    assert await held(store, alice, task) == CALLED["close"]
    assert await told(store, alice, task) == [CALLED]
    assert (await read(store, alice, plain)).foreign_members is None
    assert await told(store, alice, plain) == [None]


async def test_they_are_merged_by_name_into_each_task(store: Store, alice: Person) -> None:
    """What is so already is no change, and leaves no event."""
    task, plain = await task_of(store, alice, foreign_members=CALLED), await task_of(store, alice)
    resolved: ForeignMembers = {"close": {"resolution": "Called"}, "other": {"resolution": 1}}
    await change(store, alice, resolved, task, plain)
    assert await held(store, alice, task) == CALLED["close"]
    assert await held(store, alice, plain) == {"resolution": "Called"}
    assert await held(store, alice, task, "other") == await held(store, alice, plain, "other") == {"resolution": 1}
    await change(store, alice, resolved, task, plain)
    assert await told(store, alice, task) == [CALLED, {"other": {"resolution": 1}}]
    assert await told(store, alice, plain) == [None, resolved]


async def test_none_takes_them_away_and_others_leave_them(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, foreign_members=CALLED)
    await change(store, alice, {}, task, title="Ring", status="completed")
    assert await held(store, alice, task) == CALLED["close"]
    await change(store, alice, {"close": {"resolution": None}}, task, title="Call")
    assert await held(store, alice, task) == {"agents": ["a", 1.5]}
    await change(store, alice, {"close": {"agents": None, "never": None}}, task)
    assert (await read(store, alice, task)).foreign_members is None


async def test_too_many_change_nothing(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, foreign_members=CALLED)
    with pytest.raises(Invalid) as refused:
        await change(store, alice, {"close": {f"m{n}": n for n in range(MOST_MEMBERS)}}, task, title="Ring")
    assert "m0" in refused.value.problems
    assert await read(store, alice, task) == task
