"""Stages, personas, dispositions and purposes, which each team has of its own; priorities, which all share."""

import pytest

from tests.dialects.outreach.asking import ids, listed, shown
from tests.people import Person


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/stages", ["Not Started", "Approaching", "Replied"]),
        ("/personas", ["Buyer", "Seller", "Investor"]),
        ("/taskDispositions", ["Meeting Held", "Rescheduled", "Cancelled"]),
        ("/taskPurposes", ["Introduction", "Showing", "Check-in"]),
    ],
)
async def test_a_new_team_has_some(alice: Person, charlie: Person, path: str, names: list[str]) -> None:
    data = (await listed(alice, path, sort="order"))["data"]
    assert [each["attributes"]["name"] for each in data[:3]] == names
    assert [each["attributes"]["order"] for each in data] == list(range(1, len(data) + 1))
    assert not set(await ids(alice, path)) & set(await ids(charlie, path))
    assert (await shown(alice, f"{path}/{data[0]['id']}"))["attributes"]["name"] == names[0]


async def test_priorities_are_the_same_five(alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        data = (await listed(person, "/taskPriorities"))["data"]
        assert {each["id"]: each["attributes"]["name"] for each in data} == {
            1: "None",
            2: "Low",
            3: "Medium",
            4: "High",
            5: "Urgent",
        }
    assert await ids(alice, "/taskPriorities", **{"filter[name]": "High,Low"}) == [2, 4]
    assert await ids(alice, "/taskPriorities", sort="-weight", **{"page[limit]": 2}) == [5, 4]
