"""`/lists`: all of them, and making one."""

from typing import Any

import httpx
import msgspec
import pytest

from tests.dialects.touchbook.records import (
    NEVER,
    a,
    all_lists,
    live_list,
    me,
    new_list,
    on_list,
    person_named,
)
from tests.dialects.touchbook.wire import INSTANT, data_of, ids_of, refusal_of, rows_of
from tests.people import Person
from touchbook.store.postgres import Store


async def test_a_list_of_chosen_contacts(alice: Person, bob: Person) -> None:
    ann, bo, _ = [await person_named(alice, name) for name in ("Ann", "Bo", "Cy")]
    made = await new_list(bob, "Friends", contacts=[bo, ann, bo])
    assert INSTANT.fullmatch(made["created_at"])
    assert made == {
        "id": made["id"],
        "name": "Friends",
        "is_live": False,
        "rule": None,
        "created_by": me(bob),
        "updated_by": None,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
    }
    assert await on_list(alice, made) == [ann, bo]
    assert await all_lists(alice) == [made]


async def test_a_live_list_follows_its_rule(alice: Person) -> None:
    hot = await person_named(alice, "Ann", a("tag", "Hot"))
    cold = await person_named(alice, "Bo", a("tag", "Cold"))
    made = await live_list(alice)
    assert (made["is_live"], made["rule"]) == (True, {"attributes": [{"attribute": "tag", "values": ["Hot"]}]})
    assert await on_list(alice, made) == [hot]
    data_of(await alice.rechat.post(f"/contacts/{cold}/attributes", json={"attributes": [a("tag", "Hot")]}))
    assert await on_list(alice, made) == [hot, cold]


async def test_a_rule_may_say_much(alice: Person, bob: Person) -> None:
    ann = await person_named(alice, "Ann", a("tag", "Hot"), a("email", "ann@example.com"))
    await person_named(alice, "Andy", a("tag", "Hot"))
    rule = {
        "search": "ann",
        "letter": "a",
        "owners": [me(alice)],
        "authors": [me(alice), me(bob)],
        "created_from": "2020-01-01T00:00:00+02:00",
        "created_to": "2199-01-01T00:00:00.5Z",
        "attributes": [{"attribute": "tag", "values": ["Hot", "Warm"], "operator": "any"}],
    }
    made = await live_list(alice, "Much", **rule)
    assert made["rule"] == {
        **rule,
        "created_from": "2019-12-31T22:00:00.000000Z",
        "created_to": "2199-01-01T00:00:00.500000Z",
    }
    assert await on_list(alice, made) == [ann]
    for other in ({"owners": [me(bob)]}, {"editors": [me(bob)]}, {"last_touch_to": "2199-01-01T00:00:00Z"}):
        assert await on_list(alice, await live_list(alice, str(other), **other)) == []
    wanting = {"attributes": [{"attribute": "email", "values": ["ann@example.com"], "invert": True}]}
    assert ann not in await on_list(alice, await live_list(alice, "Without", **wanting))


async def test_lists_stand_by_name_in_pages(alice: Person) -> None:
    made = [await new_list(alice, name) for name in ("bees", "Ants", "cats")]
    by_name = [made[1]["id"], made[0]["id"], made[2]["id"]]
    assert [kept["id"] for kept in await all_lists(alice)] == by_name
    client = alice.touchbook
    assert ids_of(await client.get("/lists", params={"limit": 2}), more=True) == by_name[:2]
    assert ids_of(await client.get("/lists", params={"limit": 2, "offset": 1})) == by_name[1:]
    assert ids_of(await client.get("/lists", params={"offset": 3, "limit": ""})) == []


async def test_a_name_is_used_once_in_a_team(alice: Person, charlie: Person) -> None:
    made = await new_list(alice, "Friends")
    refusal_of(await alice.touchbook.post("/lists", json={"name": "FRIENDS"}), 409)
    assert await all_lists(alice) == [made]
    assert await all_lists(charlie) == []
    assert (await new_list(charlie, "Friends"))["name"] == "Friends"


TAG = {"attribute": "tag", "values": ["Hot"]}


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"name"}),
        ({"name": None}, {"name"}),
        ({"name": 5}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "  "}, {"name"}),
        ({"name": "x" * 256}, {"name"}),
        ({"name": "x", "size": 5}, {"size"}),
        ({"name": "x", "is_live": False}, {"is_live"}),
        ({"name": "x", "contacts": ["x"]}, {"contacts"}),
        ({"name": "x", "contacts": [NEVER]}, {"contacts"}),
        ({"name": "x", "contacts": [NEVER] * 1001}, {"contacts"}),
        ({"name": "x", "contacts": NEVER}, {"contacts"}),
        ({"name": "x", "rule": "Hot"}, {"rule"}),
        ({"name": "x", "rule": {"color": "red"}}, {"rule"}),
        ({"name": "x", "rule": {"search": ""}}, {"rule"}),
        ({"name": "x", "rule": {"owners": [5]}}, {"rule"}),
        ({"name": "x", "rule": {"owners": [NEVER]}}, {"rule"}),
        ({"name": "x", "rule": {"created_from": "2026-01-01T00:00:00"}}, {"rule"}),
        ({"name": "x", "rule": {"created_from": "2026-01-01"}}, {"rule"}),
        ({"name": "x", "rule": {"created_to": "0001-01-01T00:00:00+14:00"}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{"attribute": "tag"}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "attribute": "no such"}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "operator": "like"}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "operator": "lte"}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "values": []}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "values": [5]}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{"attribute": "birthday", "values": [86_400]}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{"attribute": "birthday", "values": ["1990-02-30"]}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [{**TAG, "color": "red"}]}}, {"rule"}),
        ({"name": "x", "rule": {"attributes": [TAG]}, "contacts": [NEVER]}, {"contacts"}),
        ({"name": "", "contacts": 5, "rule": []}, {"name", "contacts", "rule"}),
    ],
)
async def test_bad_input_makes_nothing(alice: Person, sent: Any, fields: set[str]) -> None:
    assert refusal_of(await alice.touchbook.post("/lists", json=sent), 400).keys() == fields
    assert await all_lists(alice) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '"x"', '{"name": "\\u0000"}', '{"name": "\\ud800"}', b"\xff"])
async def test_an_unreadable_body_makes_nothing(alice: Person, content: Any) -> None:
    headers = {"content-type": "application/json"}
    refusal_of(await alice.touchbook.post("/lists", content=content, headers=headers), 400)
    form = {"content-type": "text/plain"}
    refusal_of(await alice.touchbook.post("/lists", content='{"name": "x"}', headers=form), 415)
    refusal_of(await alice.touchbook.post("/lists", json={"name": "x" * 2**20}), 413)
    assert await all_lists(alice) == []


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({"limit": 0}, {"limit"}),
        ({"limit": 1001}, {"limit"}),
        ({"limit": "ten"}, {"limit"}),
        ({"offset": -1}, {"offset"}),
        ({"offset": 2**31}, {"offset"}),
        ({"limit": ["1", "2"]}, {"limit"}),
        ({"page": 1}, {"page"}),
        ({"Limit": 1, "q": "x"}, {"Limit", "q"}),
    ],
)
async def test_unknown_and_wrong_parameters_are_named(alice: Person, query: Any, fields: set[str]) -> None:
    assert refusal_of(await alice.touchbook.get("/lists", params=query), 400).keys() == fields


async def test_a_write_takes_no_parameters(alice: Person) -> None:
    answer = await alice.touchbook.post("/lists", params={"dry_run": "1"}, json={"name": "x"})
    assert refusal_of(answer, 400) == {"dry_run": ["There is no parameter dry_run."]}
    assert await all_lists(alice) == []


async def test_a_rule_cannot_name_another_teams_people(alice: Person, charlie: Person) -> None:
    answer = await alice.touchbook.post("/lists", json={"name": "x", "rule": {"owners": [me(charlie)]}})
    assert refusal_of(answer, 400) == {"rule": [f"There is no user {me(charlie)}."]}


async def test_a_key_to_read_reads(alice: Person, reading: httpx.AsyncClient) -> None:
    made = await new_list(alice)
    assert rows_of(await reading.get("/lists")) == [made]
    refusal_of(await reading.post("/lists", json={"name": "x"}), 403)
    assert await all_lists(alice) == [made]


async def test_no_other_methods(alice: Person) -> None:
    for method in ("PUT", "PATCH", "DELETE"):
        answer = await alice.touchbook.request(method, "/lists")
        refusal_of(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == {"GET", "POST"}


async def test_a_repeat_makes_no_second_list(alice: Person) -> None:
    once = {"idempotency-key": "lists"}
    first = await alice.touchbook.post("/lists", json={"name": "x"}, headers=once)
    again = await alice.touchbook.post("/lists", json={"name": "x"}, headers=once)
    assert (again.status_code, again.content) == (201, first.content)
    answer = await alice.touchbook.post("/lists", json={"name": "y"}, headers=once)
    assert refusal_of(answer, 422).keys() == {"Idempotency-Key"}
    assert await all_lists(alice) == [first.json()]


async def test_a_rule_has_fifty_values_in_all(alice: Person) -> None:
    few, many = ([{"attribute": "note", "values": ["x"] * 5, "operator": "all"}] * count for count in (10, 11))
    made = data_of(await alice.touchbook.post("/lists", json={"name": "Few", "rule": {"attributes": few}}), 201)
    for answer in (
        await alice.touchbook.post("/lists", json={"name": "Many", "rule": {"attributes": many}}),
        await alice.touchbook.patch(f"/lists/{made['id']}", json={"rule": {"attributes": many}}),
    ):
        assert refusal_of(answer, 400).keys() == {"rule"}
    owners = {"owners": [me(alice)] * 1001}
    answer = await alice.touchbook.post("/lists", json={"name": "Many", "rule": owners})
    assert refusal_of(answer, 400) == {"rule": ["rule.owners must have at most 1,000 items."]}
    assert await all_lists(alice) == [made]


async def test_only_what_changes_is_told(store: Store, alice: Person) -> None:
    ann, bo = [await person_named(alice, name) for name in ("Ann", "Bo")]
    made = await new_list(alice, "Friends", contacts=[ann])
    path = f"/lists/{made['id']}"
    for _ in range(2):
        data_of(await alice.touchbook.patch(path, json={"name": "Family", "rule": None}))
        await alice.touchbook.post(f"{path}/contacts", json={"contacts": [ann, bo]})
    for _ in range(2):
        await alice.touchbook.request("DELETE", f"{path}/contacts", json={"contacts": [bo]})
    await alice.touchbook.delete(path)
    async with store.reading() as reader:
        rows = await reader.fetch(
            "select e.kind, e.changes from events e where e.team_id = $1 and e.subject = 'list' order by e.id",
            alice.team.id,
        )
    assert [(row["kind"], msgspec.json.decode(row["changes"])) for row in rows] == [
        ("list.created", {"name": "Friends", "rule": None}),
        ("list.contacts_added", {"contacts": [ann]}),
        ("list.updated", {"name": "Family"}),
        ("list.contacts_added", {"contacts": [bo]}),
        ("list.contacts_removed", {"contacts": [bo]}),
        ("list.deleted", {}),
    ]
