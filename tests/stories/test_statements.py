"""Requests that write send few statements: as many for four members as for one, for many tasks as for one task."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.counting import counting
from tests.factories import NOON, contact_of, deal_of, task_of
from tests.people import Person
from tests.stories.telling import Close, Outreach, Rechat, told
from touchbook.core.contacts.contact import Contact
from touchbook.core.deals.deal import Deal
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

LATER = NOON + timedelta(days=2)
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
    ("send", "members_for", "most"),
    [
        # Locked and read, people taken, written, names shown.
        (put_in_close, close_members, 4),
        # Locked and read, people taken, associations and reminders compared, written.
        (put_in_rechat, rechat_members, 5),
        # Locked, read, the new owner taken, written.
        (patch_in_outreach, outreach_members, 4),
    ],
    ids=["close", "rechat", "outreach"],
)
async def test_four_members_take_as_many_as_one(
    store: Store, alice: Person, bob: Person, send: Send, members_for: Callable[[Person], Members], most: int
) -> None:
    contact = await contact_of(store, alice)
    all_four = members_for(bob)
    taken = {}
    for names in [*([name] for name in all_four), list(all_four)]:
        task = await task_of(store, alice, contact_id=contact.id, assignees=[alice.user_id])
        taken[" ".join(names)] = await send(alice, task, {name: all_four[name] for name in names})
    assert taken[" ".join(all_four)] == max(taken.values()) == most, taken


async def post_in_ysuite(person: Person, contact: Contact, deal: Deal) -> int:
    sent = {
        "title": "Call", "description": "About the roof", "start_datetime": LATER.isoformat()[:19],
        "assigned_user_id": person.user_id, "cstid": contact.id, "deal_id": deal.id,
    }  # fmt: skip
    with counting() as count:
        told(await person.ysuite.post("/tasks", json=sent))
    return count()


async def post_in_close(person: Person, contact: Contact, _deal: Deal) -> int:
    known = told(await person.close.get(f"/contact/{Close().contact_id(contact)}/"))
    sent = {
        "lead_id": known["lead_id"], "contact_id": known["id"], "text": "Call", "date": LATER.isoformat(),
        "assigned_to": Close().person_id(person),
    }  # fmt: skip
    with counting() as count:
        told(await person.close.post("/task/", json=sent))
    return count()


async def post_in_rechat(person: Person, contact: Contact, deal: Deal) -> int:
    sent = {
        "title": "Call", "due_date": LATER.timestamp(), "task_type": "Todo",
        "assignees": [Rechat().person_id(person)],
        "associations": [
            {"association_type": "contact", "contact": str(contact.uid)},
            {"association_type": "deal", "deal": str(deal.uid)},
        ],
    }  # fmt: skip
    with counting() as count:
        told(await person.rechat.post("/crm/tasks", json=sent))
    return count()


@pytest.mark.parametrize(
    ("send", "most"),
    [
        # References taken, all written.
        (post_in_ysuite, 2),
        (post_in_rechat, 2),
        # The lead looked up as well, which may have moved, and names shown.
        (post_in_close, 4),
    ],
)
async def test_a_task_is_created_in_two(
    store: Store,
    alice: Person,
    send: Callable[[Person, Contact, Deal], Awaitable[int]],
    most: int,
) -> None:
    contact, deal = await contact_of(store, alice), await deal_of(store, alice)
    assert await send(alice, contact, deal) == most


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


async def test_a_hundred_contacts_take_as_many_as_one(alice: Person) -> None:
    numbers = []
    for many in (1, 100):
        new = [
            {"user": Rechat().person_id(alice), "attributes": [
                {"attribute_type": "first_name", "text": f"Jane {number}"},
                {"attribute_type": "tag", "text": "Hot"},
            ]}
            for number in range(many)
        ]  # fmt: skip
        with counting() as count:
            made = told(await alice.rechat.post("/contacts", params={"get": "true"}, json={"contacts": new}))
        numbers.append(count())
        assert {each["touch_freq"] for each in made["data"]} == {7}
    # What follows from its tags is inserted with the contact, and nothing is read again.
    assert numbers[0] == numbers[1] <= 15
