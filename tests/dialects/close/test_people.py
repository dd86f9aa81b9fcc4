from typing import Any

import httpx
import pytest

from tests.dialects.close.records import NEVER, NO_IDS
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person, close_headers, new_key, new_person
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.key import read_key_text
from touchbook.store.postgres import Store

PATHS = ["/me/", "/user/", "/user/user_x/", "/organization/orga_x/", "/lead/", "/lead/lead_x/", "/status/lead/"]


async def ask(person: Person, headers: Any, path: str = "/me/") -> httpx.Response:
    async with httpx.AsyncClient(verify=False) as client:
        return await client.get(f"{person.url}/api/v1{path}", headers=headers)


async def test_me_is_whose_key_it_is(alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        me = data_of(await person.close.get("/me/"))
        assert (me["first_name"], me["last_name"]) == (person.name, "Example")
        assert me["email"].startswith(f"{person.name.lower()}.")
        assert [organization["name"] for organization in me["organizations"]] == [person.team.name]
        (membership,) = me["memberships"]
        assert (membership["user_id"], membership["user_full_name"]) == (me["id"], f"{person.name} Example")
        assert membership["organization_id"] == me["organizations"][0]["id"]
    assert data_of(await alice.close.get("/me/?_fields=id")).keys() == {"id"}


async def test_users_are_those_of_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    users = data_of(await bob.close.get("/user/"))
    assert [user["first_name"] for user in users] == ["Alice", "Bob"]
    assert users[0]["id"] == data_of(await alice.close.get("/me/"))["id"]
    for user in users:
        assert data_of(await alice.close.get(f"/user/{user['id']}/")) == user
        refusal_of(await charlie.close.get(f"/user/{user['id']}/"), 404)
    assert [user["first_name"] for user in data_of(await charlie.close.get("/user/"))] == ["Charlie"]


async def test_pages_hold_every_user_once(alice: Person, bob: Person) -> None:
    first = await alice.close.get("/user/", params={"_limit": 1})
    second = await alice.close.get("/user/", params={"_limit": 1, "_skip": 1})
    assert [first.json()["has_more"], second.json()["has_more"]] == [True, False]
    assert ids_of(first) + ids_of(second) == ids_of(await alice.close.get("/user/"))
    assert data_of(await alice.close.get("/user/?_fields=id,email&_limit=1"))[0].keys() == {"id", "email"}


async def test_the_organization_is_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    me = data_of(await alice.close.get("/me/"))
    path = f"/organization/{me['organizations'][0]['id']}/"
    organization = data_of(await bob.close.get(path))
    assert organization["name"] == alice.team.name
    assert [member["user_full_name"] for member in organization["memberships"]] == ["Alice Example", "Bob Example"]
    assert me["memberships"][0] in organization["memberships"]
    assert organization["lead_statuses"] == data_of(await alice.close.get("/status/lead/"))
    assert organization["opportunity_statuses"] == data_of(await alice.close.get("/status/opportunity/"))
    refusal_of(await charlie.close.get(path), 404)


@pytest.mark.parametrize("text", [*NO_IDS, f"user_{NEVER}", f"orga_{NEVER}"])
@pytest.mark.parametrize("place", ["user", "organization"])
async def test_what_is_unknown_is_not_found(alice: Person, place: str, text: str) -> None:
    refusal_of(await alice.close.get(f"/{place}/{text}/"), 404)


@pytest.mark.parametrize("path", ["/me/", "/user/", "/user/user_x/", "/organization/orga_x/"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_people_are_read_alone(alice: Person, method: str, path: str) -> None:
    answer = await alice.close.request(method, path, json={})
    refusal_of(answer, 405)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("query", ["_limit=0", "_limit=1001", "_skip=-1"])
async def test_a_wrong_page_is_refused(alice: Person, query: str) -> None:
    assert refusal_of(await alice.close.get(f"/user/?{query}"), 400).keys() == {query.partition("=")[0]}


@pytest.mark.req("CL-61")
@pytest.mark.parametrize("path", PATHS)
async def test_without_credentials_nothing_is_shown(alice: Person, path: str) -> None:
    answer = await ask(alice, {}, path)
    refusal_of(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Basic")


@pytest.mark.req("CL-61")
async def test_a_wrong_key_is_refused(store: Store, alice: Person) -> None:
    revoked = await new_key(store, alice, "write")
    text = read_key_text(revoked)
    assert text is not None
    async with store.transaction() as tx:
        await revoke_key(tx, key_id=text.id)
    for headers in (
        close_headers(f"{alice.key}x"),
        close_headers(revoked),
        close_headers("tb_0_x"),
        close_headers(""),
        {"authorization": "Basic !!!"},
        {"authorization": "Basic"},
        {"authorization": b"Basic \xe9"},
        {"authorization": f"Bearer {alice.key}x"},
        {"authorization": alice.key},
    ):
        refusal_of(await ask(alice, headers), 401)


async def test_the_key_works_as_user_name_and_as_bearer_token(alice: Person) -> None:
    for headers in (close_headers(alice.key), {"authorization": f"Bearer {alice.key}"}):
        assert data_of(await ask(alice, headers))["first_name"] == "Alice"


async def test_a_key_for_another_dialect_is_forbidden(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        key = await issue_key(tx, team_id=alice.team.id, user_id=alice.user_id, scope="write", dialects=["ysuite"])
    refusal_of(await ask(alice, close_headers(key)), 403)


async def test_a_read_only_member_reads(store: Store, server: str, alice: Person) -> None:
    reader = await new_person(store, server, alice.team, "Rita", role="read_only", scope="admin")
    assert data_of(await reader.close.get("/me/"))["first_name"] == "Rita"
    refusal_of(await reader.close.post("/lead/", json={"name": "Acme"}), 403)
