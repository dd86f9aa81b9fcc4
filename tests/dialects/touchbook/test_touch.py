"""What is recorded, or done as a task, counts as a touch (RC-157, 2.5.15)."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.dialects.rechat.records import shown
from tests.dialects.touchbook.records import a, activities_of, me, person_named, record
from tests.dialects.touchbook.wire import done
from tests.dialects.ysuite.wire import data_of as ysuite_data
from tests.dialects.ysuite.wire import new_task
from tests.factories import task_of
from tests.people import Person
from touchbook.core.activities.recording import record_activity
from touchbook.core.contacts.queries import find_contact_by_uid
from touchbook.core.identity import prefixed_id, read_uid
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Kind, Task
from touchbook.store.postgres import Store

DAY = timedelta(days=1)
NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
WAITING = """select exists (select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock')"""


async def touch_of(person: Person, contact: str) -> tuple[str | None, datetime | None, datetime | None]:
    """How the last was, when it was, when the next is, as Rechat shows it."""
    seen = await shown(person, {"id": contact})
    return seen["last_touch_action"], _instant(seen["last_touch"]), _instant(seen["next_touch"])


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


async def id_of(store: Store, person: Person, contact: str) -> int:
    uid = read_uid(contact)
    assert uid
    async with store.reading() as reader:
        return (await find_contact_by_uid(reader, person.caller, uid)).id


async def set_complete(person: Person, task: Task, complete: bool) -> None:
    path = f"/task/{prefixed_id('task', task.uid)}/"
    answer = await person.close.put(path, json={"is_complete": complete})
    assert answer.status_code == 200, answer.text


@pytest.mark.req("RC-153")
@pytest.mark.req("RC-157")
async def test_an_e_mail_touches(alice: Person, at: Callable[[str], None]) -> None:
    at(NOW.isoformat())
    ann = await person_named(alice, "Ann", a("tag", "Hot"))
    assert await touch_of(alice, ann) == (None, None, NOW + 7 * DAY)
    sent = NOW - 2 * DAY
    [made] = await record(alice, ann, at=sent.isoformat())
    assert await touch_of(alice, ann) == ("email", sent, sent + 7 * DAY)
    await record(alice, ann, kind="call", at=(sent - DAY).isoformat())
    assert await touch_of(alice, ann) == ("email", sent, sent + 7 * DAY), "an older one is not the last"
    await record(alice, ann, kind="note")
    assert await touch_of(alice, ann) == ("email", sent, sent + 7 * DAY), "a note is no touch"
    done(await alice.touchbook.delete(f"/activities/{made['id']}"))
    assert await touch_of(alice, ann) == ("call", sent - DAY, sent + 6 * DAY)


async def test_without_a_rhythm_there_is_no_next(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    await record(alice, ann)
    action, last, following = await touch_of(alice, ann)
    assert (action, following) == ("email", None)
    assert last is not None


@pytest.mark.parametrize(
    ("kind", "action"), [("call", "call"), ("message", "email"), ("in_person", "meeting"), ("todo", None)]
)
async def test_completing_a_task_touches_and_reopening_withdraws(
    store: Store, alice: Person, bob: Person, at: Callable[[str], None], kind: Kind, action: str | None
) -> None:
    at(NOW.isoformat())
    ann, bo = [await person_named(alice, name, a("tag", "Hot")) for name in ("Ann", "Bo")]
    both = [NewAssociation("contact", await id_of(store, alice, uid)) for uid in (ann, bo)]
    task = await task_of(store, alice, "Elm Street", kind=kind, associations=both)
    for _ in range(2):
        at(NOW.isoformat())
        await set_complete(bob, task, True)
        for contact in (ann, bo):
            assert await touch_of(alice, contact) == (action, action and NOW, NOW + 7 * DAY)
            assert [summary(each) for each in await activities_of(alice, contact)] == (
                [(action, str(task.uid), "Elm Street", me(bob))] if action else []
            )
        at((NOW + DAY).isoformat())
        await set_complete(bob, task, True)
        assert len(await activities_of(alice, ann)) == bool(action), "completing what is complete is nothing new"
        await set_complete(bob, task, False)
        for contact in (ann, bo):
            assert (await touch_of(alice, contact))[:2] == (None, None)
            assert await activities_of(alice, contact) == []


def summary(activity: Any) -> tuple[Any, ...]:
    return activity["kind"], activity["task"], activity["subject"], activity["created_by"]


async def test_many_completed_at_once(store: Store, alice: Person) -> None:
    ann, bo = [await person_named(alice, name) for name in ("Ann", "Bo")]
    tasks = [
        await task_of(store, alice, kind=kind, contact_id=await id_of(store, alice, uid))
        for kind, uid in (("call", ann), ("todo", bo))
    ]
    named = {"id__in": ",".join(prefixed_id("task", task.uid) for task in tasks)}
    for complete, action in ((True, "call"), (False, None)):
        answer = await alice.close.put("/task/", params=named, json={"is_complete": complete})
        assert answer.status_code == 200, answer.text
        assert (await touch_of(alice, ann))[0] == action
        assert (await touch_of(alice, bo))[0] is None


async def test_a_ysuite_task_is_a_todo_and_none(store: Store, alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    sent = new_task(cstid=await id_of(store, alice, ann), status=2)
    task_id = ysuite_data(await alice.ysuite.post("/tasks", json=sent))["activity_id"]
    async with store.reading() as reader:
        assert (await find_task(reader, alice.caller, task_id)).status == "completed"
    assert await touch_of(alice, ann) == (None, None, None)
    assert await activities_of(alice, ann) == []


async def test_a_task_that_was_cancelled_touches_nobody(store: Store, alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    await task_of(store, alice, kind="call", status="cancelled", contact_id=await id_of(store, alice, ann))
    assert await activities_of(alice, ann) == []


@pytest.mark.parametrize("first", ["2026-07-01T10:00:00Z", "2026-07-03T10:00:00Z"])
async def test_of_two_recorded_at_once_the_later_is_the_last(store: Store, alice: Person, first: str) -> None:
    """The second begins when the first has written, and must wait until that is committed."""
    ann = await person_named(alice, "Ann")
    contact_ids = [await id_of(store, alice, ann)]
    async with store.transaction() as tx:
        await record_activity(
            tx, alice.caller, contact_ids=contact_ids, kind="call", at=datetime.fromisoformat(first)
        )
        second = asyncio.create_task(record(alice, ann, kind="sms", at="2026-07-02T10:00:00Z"))
        while not await store.pool.fetchval(WAITING):
            await asyncio.sleep(0.01)
    await second
    assert (await touch_of(alice, ann))[0] == ("call" if first > "2026-07-02" else "sms")
