"""`/lists/{id}`: getting, changing and deleting one."""

from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import new_definition
from tests.dialects.touchbook.records import (
    NEVER,
    NO_UIDS,
    a,
    all_lists,
    live_list,
    me,
    new_list,
    on_list,
    person_named,
)
from tests.dialects.touchbook.wire import data_of, done, refusal_of
from tests.people import Person
from touchbook.store.postgres import Store


async def patch(person: Person, kept: Any, **members: Any) -> httpx.Response:
    return await person.touchbook.patch(f"/lists/{kept['id']}", json=members)


async def test_one_list(alice: Person, bob: Person) -> None:
    made = await new_list(alice)
    assert data_of(await bob.touchbook.get(f"/lists/{made['id']}")) == made
    assert data_of(await bob.touchbook.get(f"/lists/{made['id'].upper()}/")) == made


async def test_renaming(alice: Person, bob: Person) -> None:
    made = await new_list(alice)
    named = data_of(await patch(bob, made, name="Neighbours"))
    assert named == {**made, "name": "Neighbours", "updated_by": me(bob), "updated_at": named["updated_at"]}
    assert named["updated_at"] > made["updated_at"]
    assert await all_lists(alice) == [named]
    assert data_of(await patch(alice, made, name="NEIGHBOURS"))["name"] == "NEIGHBOURS"


async def test_another_rule(alice: Person) -> None:
    hot, cold = [await person_named(alice, tag, a("tag", tag)) for tag in ("Hot", "Cold")]
    made = await live_list(alice)
    rule = {"attributes": [{"attribute": "tag", "values": ["Cold"]}]}
    assert data_of(await patch(alice, made, rule=rule))["rule"] == rule
    assert await on_list(alice, made) == [cold]
    assert data_of(await patch(alice, made, rule={}))["rule"] == {}
    assert await on_list(alice, made) == [cold, hot]


async def test_what_is_sent_back_changes_nothing(alice: Person, bob: Person) -> None:
    await person_named(alice, "Ann")
    for made in (
        await new_list(alice),
        await live_list(alice, created_from="2026-01-01T00:00:00Z", owners=[me(bob)]),
    ):
        assert data_of(await patch(bob, made, **made)) == made
        assert data_of(await patch(bob, made)) == made


async def test_who_left_stays_in_a_rule(store: Store, alice: Person, bob: Person) -> None:
    made = await live_list(alice, owners=[me(bob)])
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, bob.user_id
        )
    assert data_of(await patch(alice, made, name="Bob's", rule=made["rule"]))["rule"] == made["rule"]
    assert await on_list(alice, made) == []


async def test_a_rule_whose_attribute_is_gone_fits_nobody(alice: Person) -> None:
    drink = await new_definition(alice, "drink")
    tea = {"attribute_def": drink["id"], "text": "Tea"}
    ann = await person_named(alice, "Ann", tea)
    made = await live_list(alice, attributes=[{"attribute": "drink", "values": ["tea"]}])
    assert await on_list(alice, made) == [ann]
    done(await alice.rechat.delete(f"/contacts/attribute_defs/{drink['id']}"))
    assert await on_list(alice, made) == []


RULE = {"attributes": [{"attribute": "tag", "values": ["Hot"]}]}


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"name": None}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": " "}, {"name"}),
        ({"name": "x" * 256}, {"name"}),
        ({"rule": RULE}, {"rule"}),
        ({"rule": {"color": 1}}, {"rule"}),
        ({"contacts": [NEVER]}, {"contacts"}),
        ({"id": NEVER}, {"id"}),
        ({"is_live": True}, {"is_live"}),
        ({"is_live": 0}, {"is_live"}),
        ({"name": "x", "created_by": None, "color": 1}, {"created_by"}),
        ({"name": "x", "color": 1}, {"color"}),
    ],
)
async def test_bad_input_changes_nothing(alice: Person, sent: Any, fields: set[str]) -> None:
    made = await new_list(alice)
    assert refusal_of(await patch(alice, made, **sent), 400).keys() == fields
    assert await all_lists(alice) == [made]


@pytest.mark.parametrize(
    "rule",
    [None, {"owners": [NEVER]}, {"attributes": [{"attribute": "x", "values": ["x"]}]}, {"search": "x" * 256}],
)
async def test_a_live_list_keeps_a_rule_that_can_be(alice: Person, rule: Any) -> None:
    made = await live_list(alice)
    assert refusal_of(await patch(alice, made, rule=rule), 400).keys() == {"rule"}
    assert await all_lists(alice) == [made]


async def test_a_name_that_another_has(alice: Person) -> None:
    made, other = await new_list(alice), await new_list(alice, "Others")
    refusal_of(await patch(alice, made, name="others"), 409)
    assert await all_lists(alice) == [made, other]


async def test_deleting(alice: Person, bob: Person) -> None:
    ann = await person_named(alice, "Ann")
    made = await new_list(alice, contacts=[ann])
    done(await bob.touchbook.delete(f"/lists/{made['id']}"))
    assert await all_lists(alice) == []
    data_of(await alice.touchbook.get(f"/contacts/{ann}/timeline"))
    for method in ("GET", "PATCH", "DELETE"):
        refusal_of(await alice.touchbook.request(method, f"/lists/{made['id']}", json={"name": "x"}), 404)
    again = await new_list(alice)
    assert await on_list(alice, again) == []


async def test_a_list_that_is_not_there(alice: Person, charlie: Person) -> None:
    theirs = await new_list(charlie)
    for uid in (theirs["id"], NEVER, *NO_UIDS):
        for method in ("GET", "PATCH", "DELETE"):
            answer = await alice.touchbook.request(method, f"/lists/{uid}", json={"name": "x"})
            assert refusal_of(answer, 404).startswith("There is no list")
    assert await all_lists(charlie) == [theirs]


async def test_a_key_to_read_changes_nothing(alice: Person, reading: httpx.AsyncClient) -> None:
    made = await new_list(alice)
    path = f"/lists/{made['id']}"
    assert data_of(await reading.get(path)) == made
    refusal_of(await reading.patch(path, json={"name": "x"}), 403)
    refusal_of(await reading.delete(path), 403)
    assert await all_lists(alice) == [made]


async def test_no_other_methods(alice: Person) -> None:
    made = await new_list(alice)
    for method in ("PUT", "POST"):
        refusal_of(await alice.touchbook.request(method, f"/lists/{made['id']}", json={"name": "x"}), 405)
