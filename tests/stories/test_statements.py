"""A change of one member and of four send as many statements, and of many tasks as many as of one."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.counting import counting
from tests.factories import NOON, contact_of, task_of
from tests.people import Person
from tests.stories.telling import Close, Outreach, Rechat, told
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

LATER = NOON + timedelta(days=2)
# Verb by verb, four members took 47 in Close and 43 in Rechat.
MOST = 11
Members = dict[str, Any]
Send = Callable[[Person, Task, Members], Awaitable[int]]


async def put_in_close(person: Person, task: Task, members: Members) -> int:
    path = f"/task/{Close().id_of(task)}/"
    whole = told(await person.close.get(path))
    with counting() as count:
        told(await person.close.put(path, json={**whole, **members}))
    return count()


async def put_in_rechat(person: Person, task: Task, members: Members) -> int:
    whole = await Rechat().whole(person, task)
    with counting() as count:
        told(await person.rechat.put(f"/crm/tasks/{task.uid}", json={**whole, **members}))
    return count()


async def patch_in_outreach(person: Person, task: Task, members: Members) -> int:
    whole = await Outreach().whole(person, task)
    owner = {"owner": members["owner"]} if "owner" in members else {}
    attributes = {name: value for name, value in members.items() if name != "owner"}
    sent = {
        **whole,
        "attributes": {**whole["attributes"], **attributes},
        "relationships": {**whole["relationships"], **owner},
    }
    with counting() as count:
        told(await person.outreach.patch(f"/tasks/{task.id}", json={"data": sent}))
    return count()


def close_members(to: Person) -> Members:
    person = Close().person_id(to)
    return {"text": "Other", "is_complete": True, "date": LATER.isoformat(), "assigned_to": person}


def rechat_members(to: Person) -> Members:
    people = [Rechat().person_id(to)]
    return {"title": "Other", "status": "DONE", "due_date": LATER.timestamp(), "assignees": people}


def outreach_members(to: Person) -> Members:
    owner = {"data": {"type": "user", "id": to.user_id}}
    return {"note": "Other", "action": "email", "dueAt": LATER.isoformat(), "owner": owner}


@pytest.mark.parametrize(
    ("send", "members_for"),
    [(put_in_close, close_members), (put_in_rechat, rechat_members), (patch_in_outreach, outreach_members)],
    ids=["close", "rechat", "outreach"],
)
async def test_four_members_take_as_many_as_one(
    store: Store, alice: Person, bob: Person, send: Send, members_for: Callable[[Person], Members]
) -> None:
    contact = await contact_of(store, alice)
    all_four = members_for(bob)
    taken = {}
    for names in [*([name] for name in all_four), list(all_four)]:
        task = await task_of(store, alice, contact_id=contact.id, assignees=[alice.user_id])
        taken[" ".join(names)] = await send(alice, task, {name: all_four[name] for name in names})
    numbers = set(taken.values())
    assert len(numbers) == 1, taken
    assert max(numbers) <= MOST


async def test_twenty_tasks_take_as_many_as_one(store: Store, alice: Person, bob: Person) -> None:
    close = Close()
    members = {name: value for name, value in close_members(bob).items() if name != "text"}
    numbers = []
    for many in (1, 20):
        tasks = [
            await task_of(store, alice, contact_id=(await contact_of(store, alice)).id, assignees=[alice.user_id])
            for _ in range(many)
        ]
        query = {"id__in": ",".join(map(close.id_of, tasks))}
        with counting() as count:
            assert told(await alice.close.put("/task/", params=query, json=members))["count"] == many
        numbers.append(count())
    assert numbers[0] == numbers[1]
