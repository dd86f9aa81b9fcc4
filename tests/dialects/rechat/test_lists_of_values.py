"""`x=1,2`, `x=1&x=2` and `x[]=1&x[]=2` are one thing; an empty list is nobody."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, a, everything, me, new_contact, new_contacts
from tests.dialects.rechat.tasks.records import new_task, search
from tests.dialects.rechat.wire import data_of, ids_of, rows_of
from tests.people import Person

PEOPLE = ("users", "created_by", "updated_by")
OF_NOBODY = (*PEOPLE, "crm_task", "lists", "flows", "ids")


def spellings(name: str, values: Sequence[str]) -> list[dict[str, Any]]:
    first, *rest = values
    return [
        {name: ",".join(values)},
        {name: list(values)},
        {f"{name}[]": list(values)},
        {f"{name}[]": ",".join(values)},
        {name: first, f"{name}[]": rest},
        {name: ["", f"{first},", *rest]},
    ]


async def test_uuids_in_each_spelling(alice: Person, bob: Person, charlie: Person) -> None:
    one, two, three = [contact["id"] for contact in await new_contacts(alice, *[[a("first_name", "A")]] * 3)]
    bobs = (await new_contact(bob))["id"]
    both = sorted([one, two])
    for query in spellings("ids", [one, two]):
        for answer in (
            await alice.rechat.get("/contacts", params={**query, "order": "created_at"}),
            await alice.rechat.post("/contacts/filter", params=query),
        ):
            assert sorted(ids_of(answer, total=2)) == both, query
        tagged = {"attributes": [a("tag", "Hot")]}
        given = await alice.rechat.post("/contacts/attributes", params={**query, "get": "true"}, json=tagged)
        assert ids_of(given, total=0) == [one, two], query
    for query in spellings("excludes", [one, two]):
        assert sorted(ids_of(await alice.rechat.get("/contacts", params=query))) == sorted([three, bobs])
    for name in ("users", "created_by"):
        for query in spellings(name, [me(charlie), me(bob), NEVER]):
            assert ids_of(await alice.rechat.get("/contacts", params=query), total=1) == [bobs], query


async def test_members_that_are_asked_for_in_each_spelling(alice: Person) -> None:
    made = await new_contact(alice)
    for query in spellings("associations", ["contact.summary", "contact.attributes"]):
        assert data_of(await alice.rechat.get(f"/contacts/{made['id']}", params=query)) == made, query
    for query in spellings("omit", ["contact.emails", "contact.tags"]):
        shown = data_of(await alice.rechat.get(f"/contacts/{made['id']}", params=query))
        assert shown.keys() == made.keys() - {"summary", "attributes", "emails", "tags"}, query
    for query in spellings("omit", ["crm_tag.text", "crm_tag.type"]):
        shown = rows_of(await alice.rechat.get("/contacts/tags", params=query))[0]
        assert not shown.keys() & {"text", "type"}, query


@pytest.mark.parametrize(
    "query",
    [
        {"q": "connor sarah"},
        {"q": ["sarah", "connor"]},
        {"q[]": ["sarah", "connor"]},
        {"q": "sarah", "q[]": ["connor", " "]},
    ],
    ids=str,
)
async def test_all_words_are_meant(alice: Person, query: dict[str, Any]) -> None:
    sarah, _, _ = await new_contacts(
        alice,
        [a("first_name", "Sarah"), a("last_name", "Connor")],
        [a("first_name", "Sarah"), a("last_name", "Bell")],
        [a("first_name", "John"), a("last_name", "Connor")],
    )
    assert ids_of(await alice.rechat.get("/contacts", params=query), total=1) == [sarah["id"]]
    tagged = {"attributes": [a("tag", "Hot")]}
    answer = await alice.rechat.post("/contacts/attributes", params={**query, "get": "true"}, json=tagged)
    assert ids_of(answer, total=0) == [sarah["id"]]
    task = await new_task(alice, title="Call Sarah Connor")
    await new_task(alice, title="Call Sarah")
    assert ids_of(await search(alice, **query), total=1) == [task["id"]]


async def test_a_comma_parts_no_words(alice: Person) -> None:
    task = await new_task(alice, title="Call a,b back")
    await new_task(alice, title="Call b, then a")
    assert ids_of(await search(alice, q="a,b")) == [task["id"]]


@pytest.mark.parametrize("name", OF_NOBODY)
async def test_an_empty_list_is_nobody(alice: Person, name: str) -> None:
    made = await new_contact(alice)
    for empty in ({name: ""}, {f"{name}[]": ""}, {name: ["", ","]}):
        assert ids_of(await alice.rechat.get("/contacts", params=empty), total=0) == [], empty
        assert ids_of(await alice.rechat.post("/contacts/filter", params=empty), total=0) == [], empty
    assert ids_of(await alice.rechat.get("/contacts", params={"excludes": ""}), total=1) == [made["id"]]


async def test_no_filters_are_no_filter(alice: Person) -> None:
    made = await new_contact(alice)
    bodies: list[dict[str, Any]] = [{}, {"filter": []}, {"filters": []}, {"filter": None, "filters": []}]
    for body in bodies:
        assert ids_of(await alice.rechat.post("/contacts/filter", json=body), total=1) == [made["id"]]
    assert len(await everything(alice)) == 1
