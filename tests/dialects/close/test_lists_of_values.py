"""`x=1,2`, `x=1&x=2` and `x[]=1&x[]=2` are one thing, in an address and in `_params`."""

from typing import Any

import pytest

from tests.dialects.close.asking import listed
from tests.dialects.close.records import new_lead, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person

OVERRIDE = {"x-http-method-override": "GET"}


def spellings(name: str, first: str, second: str) -> list[dict[str, Any]]:
    return [
        {name: f"{first},{second}"},
        {name: [first, second]},
        {f"{name}[]": [first, second]},
        {f"{name}[]": f"{first},{second}"},
        {name: first, f"{name}[]": second},
        {name: ["", first, f"{second},"]},
    ]


async def test_ids_in_each_spelling(alice: Person) -> None:
    lead = await new_lead(alice)
    one, two, three = [(await new_task(alice, lead))["id"] for _ in range(3)]
    for number, query in enumerate(spellings("id__in", one, two)):
        assert await listed(alice, **query) == [one, two], query
        by_post = await alice.close.post("/task/", json={"_params": query}, headers=OVERRIDE)
        assert ids_of(by_post) == [one, two], query
        done = {"is_complete": number % 2 == 0}
        assert data_of(await alice.close.put("/task/", params=query, json=done)) == {"count": 2}
    assert await listed(alice, is_complete="false") == [one, two, three]


async def test_types_and_fields_in_each_spelling(alice: Person) -> None:
    lead = await new_lead(alice)
    task = await new_task(alice, lead)
    for query in spellings("_type__in", "voicemail", "lead"):
        assert await listed(alice, **query) == [task["id"]], query
    for query in spellings("_fields", "id", "text"):
        wanted = {"id": task["id"], "text": task["text"]}
        assert data_of(await alice.close.get("/task/", params=query)) == [wanted], query
        assert data_of(await alice.close.get(f"/task/{task['id']}/", params=query)) == wanted, query
        assert data_of(await alice.close.get("/lead/", params=query))[0].keys() == {"id"}, query
        changed = await alice.close.put(f"/task/{task['id']}/", params=query, json={"is_complete": False})
        assert data_of(changed) == wanted


@pytest.mark.parametrize("empty", ["", [], ["", ""], ","], ids=str)
async def test_of_an_empty_list_there_are_none(alice: Person, empty: Any) -> None:
    lead = await new_lead(alice)
    await new_task(alice, lead)
    for name in ("id__in", "_type__in"):
        by_post = await alice.close.post("/task/", json={"_params": {name: empty}}, headers=OVERRIDE)
        assert ids_of(by_post) == []
        if empty:
            assert await listed(alice, **{name: empty}) == []


async def test_parameters_in_a_body_have_the_same_bounds(alice: Person) -> None:
    for params, wrong in (
        ({"id__in": ["x"] * 10_001}, "id__in"),
        ({"_type__in": ["lead"] * 10_001}, "_type__in"),
        ({"id__in": ["x" * 51]}, "id__in"),
        ({"lead_id": "x" * 2001}, "lead_id"),
        ({"anything": "x" * 2001}, "anything"),
        ({"lead_id": ["x", "y"]}, "lead_id"),
    ):
        answer = await alice.close.post("/task/", json={"_params": params}, headers=OVERRIDE)
        assert refusal_of(answer, 400).keys() == {wrong}
