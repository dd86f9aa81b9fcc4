"""POST /sequences, PATCH and DELETE /sequences/{id}."""

from typing import Any

import pytest

from tests.core.sequences.records import enroll, sequence_of, state_now
from tests.dialects.outreach.asking import changed, created, ids, patched, problems, sent, shown
from tests.dialects.outreach.campaigns import new_sequence
from tests.people import Person, new_key, outreach_client
from touchbook.store.postgres import Store


@pytest.fixture
async def buyers(alice: Person) -> Any:
    return await new_sequence(alice, description="All", tags=["warm", "new"])


async def test_a_sequence_is_created(alice: Person, bob: Person, buyers: Any) -> None:
    attributes = buyers["attributes"]
    assert {name: value for name, value in attributes.items() if not name.endswith("At")} == {
        "description": "All",
        "enabled": True,
        "name": "New buyers",
        "sequenceType": "interval",
        "tags": ["warm", "new"],
    }
    assert attributes["createdAt"] == attributes["updatedAt"]
    for name in ("owner", "creator"):
        assert buyers["relationships"][name]["data"] == {"type": "user", "id": alice.user_id}
    assert await shown(bob, f"/sequences/{buyers['id']}") == buyers
    body = sent("sequence", related={"owner": ("user", bob.user_id)}, name="Other", enabled=False)
    other = await created(alice, "/sequences", body)
    assert other["attributes"]["enabled"] is False
    assert other["relationships"]["owner"]["data"]["id"] == bob.user_id


async def test_only_what_is_sent_changes(alice: Person, bob: Person, buyers: Any) -> None:
    path = f"/sequences/{buyers['id']}"
    assert await changed(alice, path, {"data": buyers}) == buyers
    body = sent("sequence", related={"owner": ("user", bob.user_id)}, name="Sellers", description=None, tags=["x"])
    after = await changed(bob, path, body)
    assert after["attributes"] == {
        **buyers["attributes"],
        "name": "Sellers",
        "description": None,
        "tags": ["x"],
        "updatedAt": after["attributes"]["updatedAt"],
    }
    assert after["relationships"]["owner"]["data"]["id"] == after["relationships"]["updater"]["data"]["id"]
    assert after["relationships"]["creator"]["data"]["id"] == alice.user_id


async def test_it_is_deleted_with_its_steps_and_everybody_leaves_it(store: Store, alice: Person) -> None:
    made = await sequence_of(store, alice, "call")
    state = await enroll(store, alice, made)
    answer = await alice.outreach.delete(f"/sequences/{made.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problems(await alice.outreach.get(f"/sequences/{made.id}"), 404)
    assert await ids(alice, "/sequenceSteps") == []
    assert (await state_now(store, alice, state)).finish_reason == "sequence_deleted"
    assert problems(await alice.outreach.delete(f"/sequences/{made.id}"), 404)


async def test_they_are_found_by_what_they_are(alice: Person, bob: Person, charlie: Person, buyers: Any) -> None:
    body = sent("sequence", related={"owner": ("user", bob.user_id)}, name="Zoo", enabled=False)
    zoo = await created(alice, "/sequences", body)
    for query, found in (
        ({}, [buyers, zoo]),
        ({"sort": "-name"}, [zoo, buyers]),
        ({"filter[name]": "Zoo,Ark"}, [zoo]),
        ({"filter[enabled]": "true"}, [buyers]),
        ({"filter[enabled]": "false"}, [zoo]),
        ({"filter[tags]": "new,old"}, [buyers]),
        ({"filter[tags]": "__null__"}, [zoo]),
        ({"filter[owner][id]": bob.user_id}, [zoo]),
        ({"filter[id]": f"{buyers['id']}..{buyers['id']}"}, [buyers]),
        ({"filter[updatedAt]": f"{zoo['attributes']['updatedAt']}..inf"}, [zoo]),
    ):
        assert await ids(alice, "/sequences", **query) == [each["id"] for each in found], query
    assert await ids(charlie, "/sequences") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", None), ("name", " "), ("name", "x" * 256), ("enabled", "true"), ("enabled", None), ("tags", None),
        ("tags", ["x" * 256]), ("tags", [None]), ("description", 5), ("description", "x" * 65536),
    ],
)  # fmt: skip
async def test_an_attribute_that_is_wrong_is_refused(alice: Person, buyers: Any, name: str, value: Any) -> None:
    path = f"/sequences/{buyers['id']}"
    answer = await patched(alice, path, sent("sequence", **{name: value}))
    assert problems(answer, 422).keys() == {f"/data/attributes/{name}"}
    assert await shown(alice, path) == buyers


async def test_a_name_and_an_owner_of_the_team_are_needed(alice: Person, charlie: Person, buyers: Any) -> None:
    assert problems(await alice.outreach.post("/sequences", json=sent("sequence")), 422).keys() == {
        "/data/attributes/name"
    }
    for owner in (None, ("user", charlie.user_id), ("account", 1)):
        body = sent("sequence", related={"owner": owner})
        answer = await patched(alice, f"/sequences/{buyers['id']}", body)
        assert problems(answer, 422).keys() == {"/data/relationships/owner"}


async def test_who_may_not(store: Store, alice: Person, charlie: Person, buyers: Any) -> None:
    path = f"/sequences/{buyers['id']}"
    reader = outreach_client(alice.url, await new_key(store, alice, "read"))
    for method, body in (("PATCH", sent("sequence", name="x")), ("DELETE", None)):
        assert problems(await charlie.outreach.request(method, path, json=body), 404)
        assert problems(await reader.request(method, path, json=body), 403)
    assert problems(await alice.outreach.put(path, json={}), 405)
    assert problems(await alice.outreach.patch("/sequences", json={}), 405)
    assert problems(await alice.outreach.post("/sequences", json=sent("account", name="x")), 409)
    assert await shown(alice, path) == buyers
