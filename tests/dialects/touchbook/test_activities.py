"""`/activities`: what happened with contacts is recorded, shown and taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.dialects.touchbook.records import (
    NEVER,
    NO_UIDS,
    a,
    activities_of,
    me,
    person_named,
    record,
    timeline_of,
)
from tests.dialects.touchbook.wire import data_of, done, refusal_of
from tests.people import Person
from touchbook.store.postgres import Store


async def test_one_a_contact(alice: Person, bob: Person, at: Callable[[str], None]) -> None:
    at("2026-07-15T12:00:00.5Z")
    ann, bo = await person_named(alice, "Ann"), await person_named(alice, "Bo")
    made = await record(bob, bo, ann, bo, at="2026-07-14T10:00:00.25+02:00", subject="Elm Street", body="Hi.\n")
    assert [each["contact"] for each in made] == [bo, ann]
    assert made[0]["created_at"] < made[1]["created_at"]
    for each in made:
        assert each == {
            "id": each["id"],
            "contact": each["contact"],
            "kind": "email",
            "at": "2026-07-14T08:00:00.250000Z",
            "outgoing": True,
            "subject": "Elm Street",
            "body": "Hi.\n",
            "task": None,
            "created_by": me(bob),
            "created_at": each["created_at"],
            "updated_at": each["created_at"],
        }
        assert data_of(await alice.touchbook.get(f"/activities/{each['id']}")) == each
        assert await activities_of(alice, each["contact"]) == [each]


@pytest.mark.parametrize("kind", ["email", "call", "sms", "note", "meeting"])
async def test_all_kinds_and_without_a_time_now(alice: Person, at: Callable[[str], None], kind: str) -> None:
    at("2026-07-15T12:00:00.5Z")
    ann = await person_named(alice, "Ann", a("tag", "Warm"))
    [made] = await record(alice, ann, kind=kind, outgoing=False)
    assert (made["kind"], made["at"], made["outgoing"]) == (kind, "2026-07-15T12:00:00.500000Z", False)
    shown = (await alice.rechat.get(f"/contacts/{ann}")).json()["data"]
    assert shown["last_touch_action"] == (None if kind == "note" else kind)
    assert (shown["last_touch"] is None) == (kind == "note")


async def test_clocks_may_differ_a_little(store: Store, alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    for minutes, allowed in ((4, True), (6, False)):
        when = (store.clock() + timedelta(minutes=minutes)).isoformat()
        answer = await alice.touchbook.post("/activities", json={"contacts": [ann], "kind": "call", "at": when})
        if allowed:
            data_of(answer, 201)
        else:
            assert refusal_of(answer, 400).keys() == {"at"}
    assert len(await activities_of(alice, ann)) == 1


async def test_taken_back(alice: Person, bob: Person) -> None:
    ann = await person_named(alice, "Ann", a("tag", "Hot"))
    [first] = await record(alice, ann, kind="call", at="2026-07-01T10:00:00Z")
    [second] = await record(alice, ann, kind="sms", at="2026-07-02T10:00:00Z")
    for gone, left, action in ((second, [first], "call"), (first, [], None)):
        done(await bob.touchbook.delete(f"/activities/{gone['id']}"))
        assert await activities_of(alice, ann) == left
        shown = (await alice.rechat.get(f"/contacts/{ann}")).json()["data"]
        assert shown["last_touch_action"] == action
        for method in ("GET", "DELETE"):
            refusal_of(await alice.touchbook.request(method, f"/activities/{gone['id']}"), 404)
    assert {entry["kind"] for entry in await timeline_of(alice, ann)} == {"contact.created"}


@pytest.mark.parametrize(
    ("changed", "fields"),
    [
        ({"contacts": None}, {"contacts"}),
        ({"contacts": ["x"]}, {"contacts"}),
        ({"contacts": [NEVER]}, {"contacts"}),
        ({"contacts": [NEVER] * 1001}, {"contacts"}),
        ({"kind": None}, {"kind"}),
        ({"kind": "fax"}, {"kind"}),
        ({"at": "yesterday"}, {"at"}),
        ({"at": "2026-07-01"}, {"at"}),
        ({"at": "2026-07-01T10:00:00"}, {"at"}),
        ({"at": 1751364000}, {"at"}),
        ({"at": "0001-01-01T00:00:00+10:00"}, {"at"}),
        ({"at": "0001-01-01T07:59:59Z"}, {"at"}),
        ({"at": "2199-12-31T00:00:00Z"}, {"at"}),
        ({"outgoing": "yes"}, {"outgoing"}),
        ({"outgoing": None}, {"outgoing"}),
        ({"subject": 5}, {"subject"}),
        ({"subject": "x" * 1001}, {"subject"}),
        ({"body": "x" * 100_001}, {"body"}),
        ({"contact": NEVER}, {"contact"}),
        ({"task": NEVER, "created_by": NEVER}, {"task", "created_by"}),
    ],
)
async def test_bad_input_records_nothing(alice: Person, changed: Any, fields: set[str]) -> None:
    ann = await person_named(alice, "Ann")
    sent = {"contacts": [ann], "kind": "call", **changed}
    assert refusal_of(await alice.touchbook.post("/activities", json=sent), 400).keys() == fields
    assert await activities_of(alice, ann) == []


async def test_all_contacts_or_none(alice: Person, charlie: Person) -> None:
    ann, theirs = await person_named(alice, "Ann"), await person_named(charlie, "Cy")
    for uid in (theirs, NEVER):
        answer = await alice.touchbook.post("/activities", json={"contacts": [ann, uid], "kind": "call"})
        assert refusal_of(answer, 400) == {"contacts": [f"There is no contact {uid}."]}
    refusal_of(await alice.touchbook.post("/activities", json={}), 400)
    refusal_of(await alice.touchbook.post("/activities", content="x"), 400)
    assert await activities_of(alice, ann) == []
    assert await activities_of(charlie, theirs) == []


async def test_an_activity_that_is_not_there(alice: Person, charlie: Person) -> None:
    [theirs] = await record(charlie, await person_named(charlie, "Cy"))
    for uid in (theirs["id"], NEVER, *NO_UIDS):
        for method in ("GET", "DELETE"):
            refusal_of(await alice.touchbook.request(method, f"/activities/{uid}"), 404)
    assert await activities_of(charlie, theirs["contact"]) == [theirs]


async def test_a_key_to_read_records_nothing(alice: Person, reading: httpx.AsyncClient) -> None:
    ann = await person_named(alice, "Ann")
    [made] = await record(alice, ann)
    assert data_of(await reading.get(f"/activities/{made['id']}")) == made
    refusal_of(await reading.post("/activities", json={"contacts": [ann], "kind": "call"}), 403)
    refusal_of(await reading.delete(f"/activities/{made['id']}"), 403)
    assert await activities_of(alice, ann) == [made]


async def test_no_other_methods(alice: Person) -> None:
    [made] = await record(alice, await person_named(alice, "Ann"))
    for method, path in (
        *((method, "/activities") for method in ("GET", "PUT", "PATCH", "DELETE")),
        *((method, f"/activities/{made['id']}") for method in ("PUT", "PATCH", "POST")),
    ):
        refusal_of(await alice.touchbook.request(method, path), 405)
    assert refusal_of(await alice.touchbook.get(f"/activities/{made['id']}", params={"x": 1}), 400).keys() == {"x"}


async def test_a_repeat_records_nothing_twice(alice: Person) -> None:
    ann = await person_named(alice, "Ann")
    sent = {"contacts": [ann], "kind": "call"}
    answers = [
        await alice.touchbook.post("/activities", json=sent, headers={"idempotency-key": "x"}) for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert len(await activities_of(alice, ann)) == 1
