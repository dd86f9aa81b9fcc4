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


NOBODY_SAID: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({}, {}),
    ({"filters": []}, {}),
    ({"filter": [], "filters": None}, {"get": "true"}),
    ({}, {"q": ""}),
    ({}, {"q[]": ["", " "]}),
    ({}, {"alphabet": "", "created_gte": "", "excludes": ""}),
]


@pytest.mark.parametrize(("body", "query"), NOBODY_SAID, ids=str)
async def test_something_must_say_which_contacts_are_meant(
    alice: Person, body: dict[str, Any], query: dict[str, Any]
) -> None:
    """A-25."""
    made = await new_contacts(alice, [a("note", "x")], [a("tag", "Warm")])
    sent = {"attributes": [a("tag", "Hot")], **body}
    answer = await alice.rechat.post("/contacts/attributes", json=sent, params=query)
    assert refusal_of(answer, 400).keys() == {"filters"}
    assert await everything(alice) == made


UNKNOWN: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
    ({"filterz": TAGGED}, {}, ["filterz"]),
    ({"filters": TAGGED, "users": []}, {}, ["users"]),
    ({"filters": TAGGED, "q": "x", "search": "x"}, {}, ["q", "search"]),
    ({"filters": TAGGED}, {"user": NEVER}, ["user"]),
    ({"filters": TAGGED}, {"id": NEVER, "search": "x"}, ["id", "search"]),
    ({"filters": TAGGED}, {"alphabet[]": "x"}, ["alphabet[]"]),
    ({"filters": TAGGED}, {"ids[0]": NEVER}, ["ids[0]"]),
    ({"filters": TAGGED}, {"created_gt": "1"}, ["created_gt"]),
    ({"filters": TAGGED}, {"alphabet": ["a", "b"]}, ["alphabet"]),
]


@pytest.mark.parametrize(("body", "query", "wrong"), UNKNOWN, ids=str)
async def test_what_is_not_understood_is_refused_by_name(
    alice: Person, body: dict[str, Any], query: dict[str, Any], wrong: list[str]
) -> None:
    made = await new_contacts(alice, [a("tag", "Hot")], [a("tag", "Warm")])
    sent = {"attributes": [a("note", "x")], **body}
    answer = await alice.rechat.post("/contacts/attributes", json=sent, params=query)
    assert sorted(refusal_of(answer, 400)) == wrong
    assert await everything(alice) == made


async def test_ids_in_the_body_narrow(alice: Person, charlie: Person) -> None:
    one, two, three = [contact["id"] for contact in await new_contacts(alice, *[[a("note", "x")]] * 3)]
    theirs = (await new_contact(charlie))["id"]

    async def given(named: list[str], **query: Any) -> list[str]:
        sent = {"ids": named, "attributes": [a("tag", "Hot")]}
        answer = await alice.rechat.post("/contacts/attributes", json=sent, params={"get": "true", **query})
        return [contact["id"] for contact in rows_of(answer, total=0)]

    assert await given([one.upper(), theirs, NEVER]) == [one]
    assert await given([one, two], ids=f"{two},{three}") == [two]
    assert await given([one], users=NEVER) == await given([one], ids=three) == await given([one], q="zzz") == []
    assert [contact["tags"] for contact in await everything(alice)] == [["Hot"], ["Hot"], None]
    assert (await everything(charlie))[0]["tags"] is None


@pytest.mark.req("RC-118")
@pytest.mark.parametrize("query", [{}, {"get": "true"}], ids=str)
async def test_of_an_empty_list_nobody_is_meant(alice: Person, query: dict[str, str]) -> None:
    made = await new_contact(alice, a("tag", "Hot"))
    sent = {"attributes": [a("note", "x")]}
    names = ("ids", "ids[]", "users", "created_by", "updated_by[]", "crm_task", "lists", "flows")
    asked: list[tuple[dict[str, Any], dict[str, str]]] = [({"ids": []}, {}), *(({}, {name: ""}) for name in names)]
    for body, empty in asked:
        answer = await alice.rechat.post("/contacts/attributes", json=sent | body, params=query | empty)
        assert (rows_of(answer) if query else answer.content) == ([] if query else b"")
        assert answer.status_code == (200 if query else 204)
    assert await everything(alice) == [made]


async def test_more_than_a_thousand(alice: Person) -> None:
    await new_contacts(alice, *([a("note", "x")] for _ in range(1001)))
    assert len(rows_of(await add(alice, [], a("tag", "Hot"), get="true", users=me(alice)))) == 1001
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
