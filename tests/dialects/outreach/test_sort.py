"""`sort`."""

from typing import Any

import pytest

from tests.dialects.outreach.asking import created, ids, refused, sent
from tests.people import Person
from touchbook.dialects.outreach.jsonapi.registry import RESOURCES
from touchbook.dialects.outreach.jsonapi.resource import Resource


async def prospects(person: Person) -> dict[str, int]:
    """By their title; some have the same name, some none."""
    people = [("a", "Ann", "Lee"), ("b", "Ann", None), ("c", None, "Lee"), ("d", "Bo", "Lee"), ("e", "Ann", "Lee")]
    made = {}
    for title, first, last in people:
        body = sent("prospect", title=title, firstName=first, lastName=last)
        made[title] = (await created(person, "/prospects", body))["id"]
    return made


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("id", "abcde"),
        ("-id", "edcba"),
        ("firstName", "abedc"),
        ("-firstName", "cdeba"),
        ("firstName,lastName", "aebdc"),
        ("firstName,-lastName", "beadc"),
        ("-firstName,title", "cdabe"),
        ("lastName,firstName,-id", "eadcb"),
        ("", "abcde"),
    ],
)
async def test_lists_are_sorted(alice: Person, sort: str, expected: str) -> None:
    """Who has no value comes last, or first when descending; the id breaks ties, in the last key's direction."""
    made = await prospects(alice)
    assert await ids(alice, "/prospects", sort=sort) == [made[title] for title in expected]


@pytest.mark.parametrize("sort", ["x", "-", "firstName,x", "--id", "first_name", "emails", "owner.id", "id, name"])
async def test_an_unknown_key_is_refused(alice: Person, sort: str) -> None:
    assert await refused(alice, "/prospects", sort=sort) == "sort"


@pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.kind)
async def test_every_key_that_is_told_sorts(alice: Person, resource: Resource[Any]) -> None:
    for name in resource.sorts:
        there = await ids(alice, resource.path, sort=name)
        assert set(await ids(alice, resource.path, sort=f"-{name}")) == set(there)
