"""`/team`: what a team is, and what it has chosen."""

from typing import Any

import httpx
import pytest

from tests.core.contacts.rows import all_events
from tests.dialects.touchbook.records import NEVER
from tests.dialects.touchbook.wire import data_of, refusal_of
from tests.people import Person, new_key, touchbook_client
from touchbook.core.touch.touching import ASKING
from touchbook.store.postgres import Store


async def team_of(person: Person) -> Any:
    return data_of(await person.touchbook.get("/team"))


async def patch(person: Person, **members: Any) -> httpx.Response:
    return await person.touchbook.patch("/team", json=members)


async def asking(store: Store, person: Person) -> int:
    async with store.reading() as reader:
        count: int = await reader.fetch_value(
            "select count(*) from due d where d.team_id = $1 and d.kind = $2", person.team.id, ASKING
        )
    return count


async def test_as_it_was_founded(alice: Person, bob: Person) -> None:
    team = await team_of(alice)
    assert team == {
        "id": str(alice.team.uid),
        "name": alice.team.name,
        "zone": "America/Chicago",
        "region": "US",
        "contacts_visible": "team",
        "touch_tasks": False,
        "touch_spread_days": 1,
    }
    assert await team_of(bob) == team


async def test_switching(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    before, theirs = await team_of(alice), await team_of(charlie)
    events = len(await all_events(store, alice))
    for changed in (
        {"touch_tasks": True, "touch_spread_days": 30},
        {"touch_tasks": False},
        {"touch_spread_days": 365},
        {"zone": "Europe/Berlin", "region": "DE"},
    ):
        before |= changed
        assert data_of(await patch(alice, **changed)) == before
        assert await team_of(bob) == before
        assert await asking(store, alice) == before["touch_tasks"]
    assert data_of(await patch(alice, contacts_visible="owner")) == {**before, "contacts_visible": "owner"}
    assert (await all_events(store, alice))[events:] == ["team.updated"] * 7
    assert await team_of(charlie) == theirs
    assert await asking(store, charlie) == 0


async def test_what_is_sent_back_changes_nothing(store: Store, alice: Person) -> None:
    data_of(await patch(alice, touch_tasks=True, touch_spread_days=7))
    team, events = await team_of(alice), await all_events(store, alice)
    assert data_of(await patch(alice, **team)) == team
    assert data_of(await patch(alice)) == team
    assert await all_events(store, alice) == events


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"touch_tasks": "on"}, {"touch_tasks"}),
        ({"touch_tasks": 1}, {"touch_tasks"}),
        ({"touch_tasks": None}, {"touch_tasks"}),
        ({"touch_spread_days": 0}, {"touch_spread_days"}),
        ({"touch_spread_days": 366}, {"touch_spread_days"}),
        ({"touch_spread_days": 1.5}, {"touch_spread_days"}),
        ({"touch_spread_days": "7"}, {"touch_spread_days"}),
        ({"contacts_visible": "nobody"}, {"contacts_visible"}),
        ({"name": "Other"}, {"name"}),
        ({"id": NEVER}, {"id"}),
        ({"zone": "America/Gotham"}, {"zone"}),
        ({"zone": "../etc/passwd"}, {"zone"}),
        ({"zone": None}, {"zone"}),
        ({"region": "UK", "touch_tasks": True}, {"region"}),
        ({"region": 49}, {"region"}),
        ({"touch_spread_days": 7, "color": "red"}, {"color"}),
        ({"touch_spread_days": 7, "touch_tasks": "x"}, {"touch_tasks"}),
    ],
)
async def test_bad_input_changes_nothing(alice: Person, sent: Any, fields: set[str]) -> None:
    before = await team_of(alice)
    assert refusal_of(await patch(alice, **sent), 400).keys() == fields
    assert await team_of(alice) == before


async def test_it_takes_an_admin(store: Store, alice: Person, bob: Person) -> None:
    before = await team_of(alice)
    clients = [touchbook_client(alice.url, await new_key(store, alice, scope)) for scope in ("read", "write")]
    for client in (bob.touchbook, touchbook_client(bob.url, await new_key(store, bob, "admin")), *clients):
        assert data_of(await client.get("/team")) == before
        refusal_of(await client.patch("/team", json={"touch_tasks": True}), 403)
    assert await team_of(alice) == before


async def test_no_other_methods_nor_parameters(alice: Person) -> None:
    for method in ("POST", "PUT", "DELETE"):
        refusal_of(await alice.touchbook.request(method, "/team"), 405)
    assert refusal_of(await alice.touchbook.get("/team", params={"x": 1}), 400).keys() == {"x"}
    assert refusal_of(await alice.touchbook.patch("/team", params={"x": 1}, json={}), 400).keys() == {"x"}
