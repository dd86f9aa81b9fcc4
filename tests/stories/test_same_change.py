"""The same change leaves the same rows, and the same events in the same order, through whichever dialect."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from tests.core.tasks.rows import check_kept, instants_of, read
from tests.factories import NOON, contact_of, task_of
from tests.people import Person
from tests.stories.events import Told, count_told, told_in
from tests.stories.telling import SURFACES, Close, Outreach, Rechat, told
from touchbook.core.contacts.contact import Contact
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store

LATER = NOON + timedelta(days=2)
KINDS = [
    "task.updated",
    "task.rescheduled",
    "task.reassigned",
    "task.completed",
    "activity.created",
]
# What differs between any two tasks, and between any two requests.
_OWN = {"id", "uid", "associations", "created_at", "updated_at", "state_changed_at", "completed_at"}


async def through_close(person: Person, task: Task, to: Person, member: str, says: str) -> None:
    close = Close()
    path = f"/task/{close.id_of(task)}/"
    assert member == "title"
    sent = {"text": says, "is_complete": True, "date": LATER.isoformat(), "assigned_to": close.person_id(to)}
    told(await person.close.put(path, json={**told(await person.close.get(path)), **sent}))


async def through_rechat(person: Person, task: Task, to: Person, member: str, says: str) -> None:
    rechat = Rechat()
    users = [rechat.person_id(to)]
    due = LATER.timestamp()
    await rechat.put(person, task, **{member: says}, status="DONE", due_date=due, assignees=users)


async def through_outreach(person: Person, task: Task, to: Person, member: str, says: str) -> None:
    """It has no state to be sent: that the task is done is an action of its own."""
    outreach = Outreach()
    assert member == "description"
    whole = await outreach.whole(person, task)
    owner = {"owner": {"data": {"type": "user", "id": to.user_id}}}
    attributes = {**whole["attributes"], "note": says, "dueAt": LATER.isoformat()}
    sent = {**whole, "attributes": attributes, "relationships": {**whole["relationships"], **owner}}
    told(await person.outreach.patch(f"/tasks/{task.id}", json={"data": sent}))
    await outreach.complete(None, person, task)  # type: ignore[arg-type]


THROUGH = {"close": through_close, "rechat": through_rechat, "outreach": through_outreach}


async def call_of(store: Store, person: Person, contact: Contact) -> Task:
    reminders = [RequestedReminder(True, NOON - timedelta(hours=1)), RequestedReminder(False, NOON)]
    return await task_of(
        store, person, kind="call", contact_id=contact.id, assignees=[person.user_id], reminders=reminders
    )


async def rows_of(store: Store, person: Person, task: Task) -> Any:
    now = await read(store, person, task)
    await check_kept(store, person, now)
    said = {name: value for name, value in msgspec.structs.asdict(now).items() if name not in _OWN}
    assert now.completed_at is not None
    async with store.reading() as reader:
        activities = await reader.fetch(
            """select a.contact_id, a.kind, a.subject, a.created_by, a.at = $3 as then from activities a
            where a.team_id = $1 and a.task_id = $2 and a.deleted_at is null""",
            person.team.id,
            task.id,
            now.completed_at,
        )
        held = (await associations_of(reader, person.caller, [task.id])).get(task.id, [])
    links = [(link.kind, link.record, link.index) for link in held]
    return said, links, list(map(tuple, activities)), await instants_of(store, person, task)


async def events_since(store: Store, person: Person, task: Task, before: int) -> list[Told]:
    """The task's own id and the instant of the request are not compared."""
    told_then = await told_in(store, person, before)
    assert {each.subject_id for each in told_then if each.kind.startswith("task.")} == {task.id}
    return [
        Told(each.kind, None, {name: value for name, value in each.changes.items() if name != "completed_at"})
        for each in told_then
    ]


@pytest.mark.parametrize(
    ("member", "surfaces"), [("title", ["close", "rechat"]), ("description", ["rechat", "outreach"])]
)
async def test_the_same_change_leaves_the_same(
    store: Store, alice: Person, bob: Person, member: str, surfaces: list[str]
) -> None:
    assert SURFACES.keys() >= THROUGH.keys()
    contact = await contact_of(store, alice)
    left = []
    for name in surfaces:
        task = await call_of(store, alice, contact)
        before = await count_told(store, alice)
        await THROUGH[name](alice, task, bob, member, "Ask for the house")
        left.append((await events_since(store, alice, task, before), await rows_of(store, alice, task)))
    first, *others = left
    assert [each.kind for each in first[0]] == KINDS
    assert others == [first] * len(others)
