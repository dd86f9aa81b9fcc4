"""POST /oauth2/token."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.conformance.watching import Watching
from tests.people import Person, rechat_client
from tests.serving import serving
from tests.signing_in import PASSWORD, Desk, desk_of, give_password, given, new_client
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.teams.client import ClientText
from touchbook.core.teams.registering import remove_client
from touchbook.store.postgres import Store


@pytest.fixture
async def desk(store: Store, alice: Person) -> Desk:
    return await desk_of(store, alice)


def refusal_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = answer.json()
    assert (answer.status_code, body["http"], body["code"]) == (status, status, code), answer.text
    return body


@pytest.mark.parametrize("form", [False, True])
async def test_by_password(desk: Desk, alice: Person, form: bool) -> None:
    answer = await desk.sign_in(form=form)
    tokens = given(answer)
    assert set(tokens) == {"access_token", "refresh_token", "expires_in", "token_type", "code", "data"}
    assert (tokens["expires_in"], tokens["token_type"], tokens["code"]) == (7200, "Bearer", "OK")
    assert answer.headers["cache-control"] == "no-store"
    user = tokens["data"]
    assert (user["id"], user["email"], user["type"]) == (str(alice.caller.user_uid), desk.name, "user")
    assert user["active_brand"] == str(alice.team.uid)
    assert len(user) == 48
    assert user["has_password"] is True


async def test_the_name_is_found_however_it_is_written(desk: Desk) -> None:
    given(await desk.sign_in(username=desk.name.upper()))


@pytest.mark.parametrize("form", [False, True])
async def test_by_refresh_token(desk: Desk, form: bool) -> None:
    first = await desk.tokens()
    second = given(await desk.refresh(first["refresh_token"], form=form))
    assert second["access_token"] != first["access_token"]
    assert second["refresh_token"] != first["refresh_token"]
    assert second["data"]["id"] == first["data"]["id"]


async def test_a_trailing_slash_and_a_junk_header(desk: Desk) -> None:
    given(await desk.sign_in(path="/oauth2/token/"))
    given(await desk.sign_in(path="/oauth2//token"))
    body = {"client_id": desk.client.uid, "client_secret": desk.client.secret, "grant_type": "password"}
    sent = body | {"username": desk.name, "password": PASSWORD, "scope": "all"}
    given(await desk.send(json=sent, headers={"authorization": "Bearer None", "x-rechat-brand": "none"}))


async def test_unknown_account_and_wrong_password_are_the_same(store: Store, desk: Desk, bob: Person) -> None:
    """Bob has no password."""
    async with store.reading() as reader:
        bobs = await reader.fetch_value("select email from users where id = $1", bob.user_id)
    wrong = [
        await desk.sign_in(password="wrong"),
        await desk.sign_in(password=PASSWORD + " "),
        await desk.sign_in(username="nobody@example.com"),
        await desk.sign_in(username=bobs),
    ]
    for answer in wrong:
        refusal_of(answer, 401, "Unauthorized")
    assert len({answer.content for answer in wrong}) == 1


async def test_who_left_every_team_is_unknown(store: Store, desk: Desk, alice: Person) -> None:
    tokens = await desk.tokens()
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, alice.user_id
        )
    left = await desk.sign_in()
    refusal_of(left, 401, "Unauthorized")
    assert left.content == (await desk.sign_in(username="nobody@example.com")).content
    refusal_of(await desk.refresh(tokens["refresh_token"]), 401, "Unauthorized")


@pytest.mark.parametrize("grant_type", ["password", "refresh_token"])
async def test_a_wrong_client(store: Store, desk: Desk, grant_type: str) -> None:
    token = (await desk.tokens())["refresh_token"]
    members = {"username": desk.name, "password": PASSWORD, "refresh_token": token}
    other, removed = await new_client(store), await new_client(store)
    async with store.transaction() as tx:
        await remove_client(tx, uid=removed.uid)
    wrong = [
        ClientText(desk.client.uid, other.secret),
        ClientText(str(uuid4()), desk.client.secret),
        ClientText("nobody", desk.client.secret),
        ClientText(desk.client.uid, ""),
        removed,
    ]
    answers = [await replace(desk, client=client).ask(grant_type, **members) for client in wrong]
    for answer in answers:
        refusal_of(answer, 401, "Unauthorized")
    assert len({answer.content for answer in answers}) == 1
    given(await desk.refresh(token))


async def test_a_removed_clients_tokens_are_refused(store: Store, desk: Desk) -> None:
    tokens = await desk.tokens()
    async with store.transaction() as tx:
        await remove_client(tx, uid=desk.client.uid)
    answer = await rechat_client(desk.url, tokens["access_token"]).get("/v1/tasks")
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"client_id": None}, "client_id"),
        ({"client_secret": None}, "client_secret"),
        ({"username": None}, "username"),
        ({"password": None}, "password"),
        ({"password": ""}, "password"),
        ({"username": ""}, "username"),
        ({"username": ["a"]}, "username"),
        ({"password": {"a": 1}}, "password"),
        ({"client_id": 7}, "client_id"),
        ({"client_secret": True}, "client_secret"),
    ],
)
async def test_a_wrong_field_is_named(desk: Desk, changed: dict[str, Any], field: str) -> None:
    refused = refusal_of(await desk.sign_in(**changed), 400, "Validation")
    assert set(refused["attributes"]) == {field}
    assert refused["message"] == refused["attributes"][field][0]


async def test_what_is_missing_is_told_at_once(desk: Desk) -> None:
    refused = refusal_of(await desk.send(json={}), 400, "Validation")
    assert set(refused["attributes"]) == {"grant_type", "client_id", "client_secret"}
    assert all(sentence in refused["message"] for (sentence,) in refused["attributes"].values())
    refused = refusal_of(await desk.ask("refresh_token"), 400, "Validation")
    assert set(refused["attributes"]) == {"refresh_token"}


@pytest.mark.parametrize("grant_type", ["authorization_code", "client_credentials", "Password", "", "x" * 5000])
async def test_other_grants_are_not_served(desk: Desk, grant_type: str) -> None:
    refused = refusal_of(await desk.ask(grant_type), 400, "Validation")
    assert set(refused["attributes"]) == {"grant_type"}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"7",
        b"{",
        b"\xff",
        b'{"username": "a\\u0000b"}',
        b'{"username": "\\ud800"}',
        b'{"client_id": 1e400}',
        b"[" * 100_000,
    ],
)
async def test_what_is_no_object_of_text(desk: Desk, content: bytes) -> None:
    for headers in ({"content-type": "application/json"}, {}):
        answer = await desk.send(content=content[:9000], headers=headers)
        refusal_of(answer, 400, "Validation")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"grant_type",
        b"grant_type=password&grant_type=refresh_token",
        b"username=%00",
        b"username=%ff",
        b"\xff=1",
        b"&".join(b"f%d=1" % number for number in range(200)),
    ],
)
async def test_what_is_no_form(desk: Desk, content: bytes) -> None:
    answer = await desk.send(content=content, headers={"content-type": "application/x-www-form-urlencoded"})
    refusal_of(answer, 400, "Validation")


async def test_other_kinds_of_body_and_too_much_of_it(desk: Desk) -> None:
    answer = await desk.send(content=b"<a/>", headers={"content-type": "text/xml"})
    refusal_of(answer, 415, "UnsupportedMediaType")
    refusal_of(await desk.sign_in(password="x" * 20_000), 413, "PayloadTooLarge")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_other_methods(desk: Desk, method: str) -> None:
    answer = await desk.send(method=method)
    refusal_of(answer, 405, "MethodNotAllowed")
    assert answer.headers["allow"] == "POST"


async def test_nothing_else_is_there(desk: Desk) -> None:
    refusal_of(await desk.send("/oauth2"), 404, "ResourceNotFound")
    refusal_of(await desk.send("/oauth2/tokens"), 404, "ResourceNotFound")


async def test_a_repeat_is_never_answered_from_memory(desk: Desk) -> None:
    body = {"client_id": desk.client.uid, "client_secret": desk.client.secret, "grant_type": "password"}
    sent = body | {"username": desk.name, "password": PASSWORD}
    answers = [await desk.send(json=sent, headers={"idempotency-key": "one"}) for _ in range(2)]
    assert len({given(answer)["access_token"] for answer in answers}) == 2


async def test_passwords_can_be_switched_off(store: Store, desk: Desk) -> None:
    tokens = await desk.tokens()
    async with serving(Watching(build_app(Settings(password_grant=False), store))) as url:
        there = desk.at(url)
        refused = refusal_of(await there.sign_in(), 400, "Validation")
        assert "switched off" in refused["message"]
        assert refused == (await there.sign_in(password="wrong")).json()
        given(await there.refresh(tokens["refresh_token"]))


async def test_a_person_of_two_teams_is_in_the_one_joined_first(store: Store, alice: Person) -> None:
    desk = await desk_of(store, alice)
    assert (await desk.tokens())["data"]["active_brand"] == str(alice.team.uid)
    assert await give_password(store, alice) == desk.name
