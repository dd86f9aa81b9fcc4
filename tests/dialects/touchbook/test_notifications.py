"""`/notifications`: what one was reminded of is listed, counted and read; one's own alone."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.core.contacts.rows import all_events
from tests.core.tasks.verbs import edit_task, set_reminders
from tests.dialects.touchbook.records import NEVER, NO_UIDS, me, timeline_of
from tests.dialects.touchbook.wire import INSTANT, data_of, ids_of, refusal_of, rows_of
from tests.factories import contact_of, notification_of
from tests.people import Person
from touchbook.core.notifications.notification import Notification
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.queries import find_task_by_uid
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.store.postgres import Store


async def told(person: Person, **query: Any) -> list[Any]:
    return rows_of(await person.touchbook.get("/notifications", params=query))


async def unread(person: Person) -> int:
    count: int = data_of(await person.touchbook.get("/notifications/count"))["unread"]
    return count


async def mark(person: Person, **sent: Any) -> int:
    count: int = data_of(await person.touchbook.post("/notifications/read", json=sent))["read"]
    return count


async def do(store: Store, person: Person, verb: Any, notification: Notification, **arguments: Any) -> None:
    async with store.transaction() as tx:
        task = await find_task_by_uid(tx, person.caller, notification.task_uid)
        await verb(tx, person.caller, task_id=task.id, **arguments)


async def test_as_it_is_shown(store: Store, alice: Person, at: Callable[[str], None]) -> None:
    at("2026-07-15T12:00:00.25Z")
    one = await notification_of(store, alice, "Call Sarah")
    [shown] = await told(alice)
    assert INSTANT.fullmatch(shown["created_at"])
    assert shown == {
        "id": str(one.uid),
        "kind": "reminder",
        "task": str(one.task_uid),
        "title": "Call Sarah",
        "reminder": str(one.reminder_uid),
        "at": "2026-07-15T12:00:00.250000Z",
        "created_at": shown["created_at"],
        "read_at": None,
    }


async def test_its_task_is_shown_as_it_is_now(store: Store, alice: Person) -> None:
    one = await notification_of(store, alice, "Call Sarah")
    for title, description, shown in (
        ("Call her back", None, "Call her back"),
        (None, "Ask for the house\nand the dog", "Ask for the house"),
        (None, None, "Todo"),
    ):
        await do(store, alice, edit_task, one, title=title, description=description)
        assert [each["title"] for each in await told(alice)] == [shown]
    # Neither the end of the task nor that of the reminder undoes that one was told.
    await do(store, alice, complete_task, one)
    await do(store, alice, set_reminders, one, requested=[])
    assert [each["id"] for each in await told(alice)] == [str(one.uid)]
    await do(store, alice, delete_task, one)
    assert await told(alice) == await told(alice, unread="true") == []
    assert await unread(alice) == 0
    assert await mark(alice, notifications=[str(one.uid)]) == 1


async def test_the_newest_first_and_in_pages(store: Store, alice: Person) -> None:
    ids = [str((await notification_of(store, alice)).uid) for _ in range(5)][::-1]
    assert ids_of(await alice.touchbook.get("/notifications")) == ids
    for offset, limit, more in ((0, 2, True), (2, 2, True), (3, 2, False), (4, 2, False), (5, 2, False)):
        page = await alice.touchbook.get("/notifications", params={"offset": offset, "limit": limit})
        assert ids_of(page, more=more) == ids[offset : offset + limit]


async def test_some_are_read(store: Store, alice: Person, at: Callable[[str], None]) -> None:
    at("2026-07-15T12:00:00Z")
    ids = [str((await notification_of(store, alice)).uid) for _ in range(4)][::-1]
    assert await unread(alice) == 4
    at("2026-07-15T13:00:00Z")
    assert await mark(alice, notifications=[ids[1], ids[3], ids[1]]) == 2
    shown = await told(alice)
    assert [each["id"] for each in shown] == ids
    assert [each["read_at"] is None for each in shown] == [True, False, True, False]
    assert shown[1]["read_at"].startswith("2026-07-15T13:00:00.")
    for narrowed, expected in (("true", [ids[0], ids[2]]), ("false", ids), ("", ids)):
        assert [each["id"] for each in await told(alice, unread=narrowed)] == expected
    assert ids_of(
        await alice.touchbook.get("/notifications", params={"unread": "true", "limit": 1, "offset": 1})
    ) == [ids[2]]
    assert await unread(alice) == 2


async def test_reading_again_changes_nothing(store: Store, alice: Person, at: Callable[[str], None]) -> None:
    at("2026-07-15T12:00:00Z")
    one = str((await notification_of(store, alice)).uid)
    assert await mark(alice, notifications=[one]) == 1
    before, events = await told(alice), await all_events(store, alice)
    assert events[-1] == "notification.read"
    at("2026-07-15T13:00:00Z")
    assert await mark(alice, notifications=[one]) == await mark(alice, all=True) == 0
    assert (await told(alice), await all_events(store, alice)) == (before, events)


async def test_all_are_read(store: Store, alice: Person, bob: Person) -> None:
    everybody = [alice.user_id, bob.user_id]
    for _ in range(3):
        await notification_of(store, alice, assignees=everybody)
    assert await mark(alice, all=True) == 3
    assert (await unread(alice), await unread(bob)) == (0, 3)
    assert await told(alice, unread="true") == []
    assert len(await told(alice)) == len(await told(bob, unread="true")) == 3


async def test_only_one_s_own(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    own = str((await notification_of(store, alice)).uid)
    for person in (bob, charlie):
        theirs = str((await notification_of(store, person)).uid)
        for uid in (theirs, NEVER):
            answer = await alice.touchbook.post("/notifications/read", json={"notifications": [own, uid]})
            assert refusal_of(answer, 400) == {"notifications": [f"There is no notification {uid}."]}
        assert [each["id"] for each in await told(person)] == [theirs]
        assert await unread(person) == 1
    assert [each["id"] for each in await told(alice, unread="true")] == [own]


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"notifications"}),
        ({"all": False}, {"notifications"}),
        ({"notifications": None}, {"notifications"}),
        ({"notifications": "x"}, {"notifications"}),
        ({"notifications": [NEVER] * 1001}, {"notifications"}),
        ({"notifications": [NEVER], "all": True}, {"notifications"}),
        ({"all": "yes"}, {"all"}),
        ({"all": 1}, {"all"}),
        ({"all": True, "ids": [NEVER]}, {"ids"}),
        *(({"notifications": [uid]}, {"notifications"}) for uid in NO_UIDS),
    ],
)
async def test_bad_input_reads_nothing(store: Store, alice: Person, sent: Any, fields: set[str]) -> None:
    await notification_of(store, alice)
    assert refusal_of(await alice.touchbook.post("/notifications/read", json=sent), 400).keys() == fields
    assert await unread(alice) == 1


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"unread": "maybe"}, {"unread"}),
        ({"unread": ["true", "false"]}, {"unread"}),
        ({"limit": 0}, {"limit"}),
        ({"limit": 1001}, {"limit"}),
        ({"offset": -1}, {"offset"}),
        ({"read": "true"}, {"read"}),
    ],
)
async def test_bad_parameters(alice: Person, query: Any, fields: set[str]) -> None:
    assert refusal_of(await alice.touchbook.get("/notifications", params=query), 400).keys() == fields


async def test_a_key_to_read_marks_nothing(store: Store, alice: Person, reading: httpx.AsyncClient) -> None:
    await notification_of(store, alice)
    assert rows_of(await reading.get("/notifications")) == await told(alice)
    assert data_of(await reading.get("/notifications/count")) == {"unread": 1}
    refusal_of(await reading.post("/notifications/read", json={"all": True}), 403)
    assert await unread(alice) == 1


async def test_no_other_methods(alice: Person) -> None:
    for method, path in (
        *((method, "/notifications") for method in ("POST", "PUT", "PATCH", "DELETE")),
        *((method, "/notifications/count") for method in ("POST", "DELETE")),
        *((method, "/notifications/read") for method in ("GET", "PUT")),
    ):
        refusal_of(await alice.touchbook.request(method, path), 405)


async def test_a_contact_s_story_tells_of_reminders(
    store: Store, alice: Person, at: Callable[[str], None]
) -> None:
    at("2026-07-15T12:00:00.5Z")
    contact = await contact_of(store, alice)
    one = await notification_of(store, alice, contact_id=contact.id)
    await do(
        store, alice, set_reminders, one, requested=[RequestedReminder(True, datetime(2026, 7, 16, tzinfo=UTC))]
    )
    story = {entry["kind"]: entry for entry in await timeline_of(alice, str(contact.uid))}
    again, reminded, created = (story[f"task.{kind}"] for kind in ("reminders_changed", "reminded", "created"))
    instant = "2026-07-15T12:00:00.500000Z"
    assert again["actor"] == me(alice)
    assert again["changes"] == {"reminders": [{"relative": True, "at": "2026-07-16T00:00:00.000000Z"}]}
    assert (reminded["actor"], reminded["surface"]) == (None, "worker")
    assert reminded["changes"] == {"reminder": str(one.reminder_uid), "at": instant}
    assert created["changes"]["reminders"] == [{"relative": False, "at": instant}]
