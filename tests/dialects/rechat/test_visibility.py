"""`contacts_visible`: to the team, or each to its owner and the admins alone."""

from typing import Any

import pytest

from tests.dialects.close import wire as close
from tests.dialects.rechat.records import a, everything, me, new_contact, shown
from tests.dialects.rechat.wire import data_of, done, ids_of, refusal_of, rows_of
from tests.people import Person, new_key, new_person, rechat_client
from tests.signing_in import desk_of
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.queries import find_team
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store

pytestmark = pytest.mark.req("RC-179")


@pytest.fixture
async def team(store: Store, team: Team) -> Team:
    """Where contacts are their owners'."""
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="owner")
    return team


@pytest.fixture
async def bobs(alice: Person, bob: Person) -> Any:
    await new_contact(alice, a("first_name", "Ann"), a("tag", "Hot"))
    return await new_contact(bob, a("first_name", "Bo"), a("tag", "Hot"))


@pytest.fixture
async def alices(alice: Person, bobs: Any) -> Any:
    return (await everything(alice))[0]


async def test_lists_show_ones_own_and_an_admin_all(store: Store, alice: Person, bob: Person, bobs: Any) -> None:
    assert [contact["first_name"] for contact in await everything(alice)] == ["Ann", "Bo"]
    assert await everything(bob) == [bobs]
    for query in ({}, {"q": "n"}, {"users": me(alice)}, {"limit": 1}):
        found = ids_of(await bob.rechat.post("/contacts/filter", json={}, params=query))
        assert found in ([bobs["id"]], [])
    by_key = rechat_client(bob.url, await new_key(store, bob, "admin"))
    assert ids_of(await by_key.get("/contacts"), total=1) == [bobs["id"]]


async def test_by_token_too(store: Store, alice: Person, bob: Person, bobs: Any) -> None:
    for person, count in ((bob, 1), (alice, 2)):
        token = (await (await desk_of(store, person)).tokens())["access_token"]
        assert len(rows_of(await rechat_client(bob.url, token).get("/contacts"), total=count)) == count


async def test_what_is_not_ones_own_is_not_there(alice: Person, bob: Person, alices: Any) -> None:
    path, attribute = f"/contacts/{alices['id']}", f"/contacts/{alices['id']}/attributes"
    one = f"{attribute}/{alices['attributes'][0]['id']}"
    asked: list[tuple[str, str, Any]] = [
        ("GET", path, None),
        ("PATCH", path, {"attributes": [a("note", "x")]}),
        ("DELETE", path, None),
        ("PUT", f"{path}/owner", {"user": me(bob)}),
        ("POST", attribute, {"attributes": [a("note", "x")]}),
        ("PUT", one, {"text": "Mine"}),
        ("DELETE", one, None),
        ("PATCH", "/contacts", {"contacts": [{"id": alices["id"], "user": me(bob)}]}),
        ("DELETE", "/contacts", {"ids": [alices["id"]]}),
        ("DELETE", "/contacts/attributes", {"ids": [alices["attributes"][0]["id"]]}),
    ]
    for method, place, body in asked:
        refusal_of(await bob.rechat.request(method, place, json=body), 404)
    assert await shown(alice, alices) == alices


async def test_many_are_ones_own(alice: Person, bob: Person, alices: Any, bobs: Any) -> None:
    sent = {"filters": [{"attribute_type": "tag", "value": "Hot"}], "attributes": [a("note", "x")]}
    answer = await bob.rechat.post("/contacts/attributes", json=sent, params={"get": "true"})
    assert ids_of(answer, total=0) == [bobs["id"]]
    assert await shown(alice, alices) == alices


async def test_who_gives_a_contact_away_sees_it_no_more(alice: Person, bob: Person, bobs: Any) -> None:
    path = f"/contacts/{bobs['id']}"
    given = data_of(await bob.rechat.put(f"{path}/owner", json={"user": me(alice)}))
    assert (given["id"], given["user_id"]) == (bobs["id"], me(alice))
    refusal_of(await bob.rechat.get(path), 404)
    assert data_of(await alice.rechat.get(path))["user_id"] == me(alice)
    sent = {"user": me(bob), "attributes": [a("note", "x")]}
    assert data_of(await alice.rechat.patch(path, json=sent))["user_id"] == me(bob)
    assert data_of(await bob.rechat.patch(path, json={**sent, "user": me(alice)}))["user_id"] == me(alice)
    refusal_of(await bob.rechat.get(path), 404)


async def test_a_read_only_member_sees_none_of_others(store: Store, server: str, team: Team, alices: Any) -> None:
    dora = await new_person(store, server, team, "Dora", role="read_only")
    assert ids_of(await dora.rechat.get("/contacts"), total=0) == []
    refusal_of(await dora.rechat.get(f"/contacts/{alices['id']}"), 404)


async def test_close_shows_ones_own(alice: Person, bob: Person, alices: Any, bobs: Any) -> None:
    hers, his = await alice.close.get("/contact/"), await bob.close.get("/contact/")
    assert len(close.ids_of(hers)) == 2
    [own] = close.data_of(his)
    assert own["name"] == "Bo"
    [other] = [contact for contact in close.data_of(hers) if contact["name"] == "Ann"]
    for method in ("GET", "PUT", "DELETE"):
        body: Any = {"name": "Mine"} if method == "PUT" else None
        close.refusal_of(await bob.close.request(method, f"/contact/{other['id']}/", json=body), 404)
    assert close.ids_of(await bob.close.get("/contact/", params={"lead_id": other["lead_id"]})) == []
    assert close.data_of(await bob.close.get(f"/lead/{own['lead_id']}/"))["contacts"] == [own]
    [lead] = close.data_of(await bob.close.get("/lead/"))
    assert (lead["id"], lead["contacts"]) == (own["lead_id"], [own])
    for method in ("GET", "PUT", "DELETE"):
        body = {"name": "Mine"} if method == "PUT" else None
        close.refusal_of(await bob.close.request(method, f"/lead/{other['lead_id']}/", json=body), 404)
    for lead_id, wrong in ((own["lead_id"], {"contact_id"}), (other["lead_id"], {"lead_id"})):
        sent = {"lead_id": lead_id, "text": "Call", "contact_id": other["id"]}
        assert close.refusal_of(await bob.close.post("/task/", json=sent), 400).keys() == wrong
    assert await shown(alice, alices) == alices


async def test_ysuite_shows_ones_own(alice: Person, bob: Person, alices: Any, bobs: Any) -> None:
    hers = (await alice.ysuite.get("/contacts")).json()["data"]["data"]
    his = (await bob.ysuite.get("/contacts")).json()["data"]["data"]
    assert (len(hers), len(his)) == (2, 1)
    [other] = [contact["cstid"] for contact in hers if contact["cstid"] != his[0]["cstid"]]
    unknown = await bob.ysuite.get(f"/contacts/{2**62}")
    assert (await bob.ysuite.get(f"/contacts/{other}")).status_code == unknown.status_code == 400
    sent = {"title": "Call", "start_datetime": "2026-07-15T10:00:00", "cstid": other}
    assert (await bob.ysuite.post("/tasks", json=sent)).status_code == 422


async def test_a_company_shows_ones_own_inside(alice: Person, bob: Person) -> None:
    for person, name in ((alice, "Ann"), (bob, "Bo")):
        await new_contact(person, a("first_name", name), a("company", "ACME"))
    [lead] = [lead for lead in close.data_of(await bob.close.get("/lead/")) if lead["name"] == "ACME"]
    assert [contact["name"] for contact in lead["contacts"]] == ["Bo"]
    assert (await bob.close.delete(f"/lead/{lead['id']}/")).status_code == 403
    assert [
        contact["name"] for contact in close.data_of(await alice.close.get(f"/lead/{lead['id']}/"))["contacts"]
    ] == [
        "Ann",
        "Bo",
    ]


async def test_it_can_be_turned_back(store: Store, team: Team, alice: Person, bobs: Any) -> None:
    async with store.transaction() as tx:
        await show_contacts(tx, act_as(team, None, surface="test"), to="team")
        found = await find_team(tx, team.name)
    assert found is not None
    assert found.contacts_visible == "team"
    dora = await new_person(store, alice.url, team, "Dora")
    assert len(await everything(dora)) == 2


async def test_other_teams_are_as_they_were(charlie: Person, team: Team) -> None:
    assert not charlie.caller.own_contacts_only
    assert team.contacts_visible == "team", "as it was founded"


async def test_deleting_ones_own_is_fine(bob: Person, bobs: Any) -> None:
    done(await bob.rechat.delete(f"/contacts/{bobs['id']}"))
    assert await everything(bob) == []
