from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import ALL, NEVER, NO_UIDS, a, everything, me, new_contact, new_contacts, shown
from tests.dialects.rechat.wire import done, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

TAGGED = [{"attribute_type": "tag", "value": "Hot"}]


async def add(person: Person, filters: Any, *attributes: Any, **query: Any) -> httpx.Response:
    sent = {"filters": filters, "attributes": list(attributes)}
    return await person.rechat.post("/contacts/attributes", json=sent, params={"associations": ALL, **query})


async def remove(person: Person, ids: Any) -> httpx.Response:
    return await person.rechat.request("DELETE", "/contacts/attributes", json={"ids": ids})


@pytest.mark.req("RC-116", "RC-117")
async def test_all_that_match_are_given_it(alice: Person, bob: Person, charlie: Person) -> None:
    first, second, third = await new_contacts(alice, [a("tag", "Hot")], [a("tag", "Warm")], [a("tag", "Hot")])
    bobs, theirs = await new_contact(bob, a("tag", "Hot")), await new_contact(charlie, a("tag", "Hot"))
    sent = a("note", "spring sale")
    changed = rows_of(await add(bob, TAGGED, sent, get="true", users=me(alice)), total=0)
    assert [contact["id"] for contact in changed] == [first["id"], third["id"]]
    assert changed == [await shown(alice, each) for each in (first, third)]
    assert [contact["attributes"][1]["text"] for contact in changed] == ["spring sale"] * 2
    assert {contact["updated_for"] for contact in changed} == {"direct_request"}
    assert await shown(alice, second) == second
    assert await shown(alice, bobs) == bobs
    done(await add(alice, TAGGED, sent))
    assert len((await shown(alice, bobs))["attributes"]) == 2
    assert len((await shown(alice, first))["attributes"]) == 3
    assert await everything(charlie) == [theirs]


@pytest.mark.req("RC-116")
async def test_all_are_meant_where_nothing_is_asked(alice: Person) -> None:
    await new_contacts(alice, [a("note", "x")], [a("tag", "Hot")])
    done(await add(alice, [], a("tag", "Hot"), get="false"))
    assert [contact["tags"] for contact in await everything(alice)] == [["Hot"], ["Hot"]]


async def test_more_than_a_thousand(alice: Person) -> None:
    await new_contacts(alice, *([a("note", "x")] for _ in range(1001)))
    assert len(rows_of(await add(alice, [], a("tag", "Hot"), get="true"))) == 1001
    answer = await alice.rechat.post("/contacts/filter", json={"filter": TAGGED}, params={"limit": 1})
    assert answer.json()["info"] == {"count": 1, "total": 1001}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, "attributes"),
        ({"attributes": None}, "attributes"),
        ({"attributes": "x"}, "attributes"),
        ({"attributes": [{"text": "x"}]}, "attributes.0"),
        ({"attributes": [a("title", "Prince")]}, "attributes.0"),
        ({"attributes": [a("note", "x")], "filters": {}}, "filters"),
        ({"attributes": [a("note", "x")], "filters": [{"value": "x"}]}, "filter.0"),
        ({"attributes": [a("note", "x")], "filters": [{"attribute_def": NEVER, "value": "x"}]}, "filter.0"),
    ],
)
async def test_wrong_ones_are_refused(alice: Person, sent: Any, wrong: str) -> None:
    made = await new_contact(alice)
    assert refusal_of(await alice.rechat.post("/contacts/attributes", json=sent), 400).keys() == {wrong}
    assert await everything(alice) == [made]


@pytest.mark.parametrize(("name", "wrong"), [("get", "1"), ("users", "x"), ("ids", "x"), ("excludes", "x")])
async def test_a_wrong_parameter_is_refused(alice: Person, name: str, wrong: str) -> None:
    made = await new_contact(alice)
    assert refusal_of(await add(alice, [], a("note", "x"), **{name: wrong}), 400).keys() == {name}
    assert await everything(alice) == [made]


@pytest.mark.req("RC-118")
async def test_none_are_removed(alice: Person) -> None:
    made = await new_contact(alice)
    done(await remove(alice, []))
    assert await everything(alice) == [made]


@pytest.mark.req("RC-119")
async def test_attributes_of_many_contacts_are_removed(alice: Person, bob: Person) -> None:
    first, second, third = await new_contacts(
        alice, [a("first_name", "Ann"), a("tag", "Hot"), a("tag", "Warm")], [a("tag", "Hot")], [a("tag", "Hot")]
    )
    gone = [first["attributes"][1]["id"], second["attributes"][0]["id"], first["attributes"][2]["id"]]
    done(await remove(bob, [*gone, gone[0].upper()]))
    now = await everything(alice)
    assert [contact["tags"] for contact in now] == [None, None, ["Hot"]]
    assert [contact["attributes"] for contact in now] == [first["attributes"][:1], [], third["attributes"]]
    by_query = await bob.rechat.delete("/contacts/attributes", params={"ids[]": third["attributes"][0]["id"]})
    done(by_query)
    assert (await shown(alice, third))["tags"] is None


async def test_one_that_is_not_there_undoes_all(alice: Person, charlie: Person) -> None:
    made, theirs = await new_contact(alice), await new_contact(charlie)
    for uid in (NEVER, theirs["attributes"][0]["id"], made["id"]):
        refusal_of(await remove(alice, [made["attributes"][0]["id"], uid]), 404)
    assert (await everything(alice), await everything(charlie)) == ([made], [theirs])


@pytest.mark.parametrize("ids", [None, "x", [5], {}, *([text] for text in NO_UIDS)])
async def test_wrong_ids_are_refused(alice: Person, ids: Any) -> None:
    made = await new_contact(alice)
    assert refusal_of(await remove(alice, ids), 400).keys() == {"ids"}
    assert await everything(alice) == [made]


async def test_a_key_to_read_may_not(store: Store, alice: Person) -> None:
    made = await new_contact(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/contacts/attributes", json={"attributes": [a("note", "x")]}), 403)
    sent = {"ids": [made["attributes"][0]["id"]]}
    refusal_of(await reader.request("DELETE", "/contacts/attributes", json=sent), 403)
    assert await everything(alice) == [made]
