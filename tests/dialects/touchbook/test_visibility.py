"""Where contacts are their owners', a member sees others' neither on lists nor in activities (RC-179)."""

from typing import Any

import pytest

from tests.dialects.touchbook.records import a, activities_of, live_list, new_list, on_list, person_named, record
from tests.dialects.touchbook.wire import data_of, refusal_of
from tests.people import Person
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")


@pytest.fixture
async def team(store: Store, team: Team) -> Team:
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="owner")
    return team


@pytest.fixture
async def alices(alice: Person) -> str:
    return await person_named(alice, "Ann", a("tag", "Hot"))


@pytest.fixture
async def bobs(bob: Person) -> str:
    return await person_named(bob, "Bo", a("tag", "Hot"))


async def test_lists_show_ones_own(alice: Person, bob: Person, alices: str, bobs: str) -> None:
    lists: list[Any] = [await new_list(alice, contacts=[alices, bobs]), await live_list(alice)]
    lists.append(await live_list(alice, "All", search="hot"))
    for kept in lists:
        assert await on_list(alice, kept) == [alices, bobs]
        assert await on_list(bob, kept) == [bobs]


async def test_only_ones_own_are_chosen(alice: Person, bob: Person, alices: str, bobs: str) -> None:
    kept = await new_list(alice, contacts=[alices])
    refused = {"contacts": [f"There is no contact {alices}."]}
    for method in ("POST", "DELETE"):
        answer = await bob.touchbook.request(method, f"/lists/{kept['id']}/contacts", json={"contacts": [alices]})
        assert refusal_of(answer, 400) == refused
    answer = await bob.touchbook.post("/lists", json={"name": "Mine", "contacts": [bobs, alices]})
    assert refusal_of(answer, 400) == refused
    assert await on_list(alice, kept) == [alices]


async def test_activities_are_the_owners(alice: Person, bob: Person, alices: str, bobs: str) -> None:
    [of_alices], [of_bobs] = await record(alice, alices), await record(alice, bobs)
    assert await activities_of(bob, bobs) == [of_bobs]
    assert data_of(await bob.touchbook.get(f"/activities/{of_bobs['id']}")) == of_bobs
    for method in ("GET", "DELETE"):
        refusal_of(await bob.touchbook.request(method, f"/activities/{of_alices['id']}"), 404)
    for place in ("activities", "timeline"):
        refusal_of(await bob.touchbook.get(f"/contacts/{alices}/{place}"), 404)
        data_of(await bob.touchbook.get(f"/contacts/{bobs}/{place}"))
    answer = await bob.touchbook.post("/activities", json={"contacts": [bobs, alices], "kind": "call"})
    assert refusal_of(answer, 400) == {"contacts": [f"There is no contact {alices}."]}
    assert await activities_of(alice, alices) == [of_alices]
    assert await activities_of(alice, bobs) == [of_bobs]
