"""POST /oauth/token."""

import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.people import Person, bearer_headers
from tests.signing_in import OUTREACH, PASSWORD, Desk, desk_of, given, new_client
from touchbook.store.postgres import Store


@pytest.fixture
async def desk(store: Store, alice: Person) -> Desk:
    return await desk_of(store, alice)


def refused(answer: httpx.Response, status: int, error: str) -> None:
    assert answer.status_code == status, answer.text
    assert set(answer.json()) == {"error", "error_description"}
    assert answer.json()["error"] == error
    assert answer.headers["content-type"] == "application/json"


async def refresh(desk: Desk, token: str, *, form: bool = True, **members: Any) -> httpx.Response:
    return await desk.refresh(token, path=OUTREACH, form=form, **members)


@pytest.mark.parametrize("form", [True, False])
@pytest.mark.parametrize("uri", [None, "https://client.example/back"])
async def test_a_refresh_token_gives_an_access_token(desk: Desk, form: bool, uri: str | None) -> None:
    first = await desk.tokens()
    answer = await refresh(desk, first["refresh_token"], form=form, redirect_uri=uri)
    tokens = given(answer)
    assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at"}
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("bearer", 7200, "admin")
    assert abs(tokens["created_at"] - time.time()) < 60
    assert tokens["refresh_token"] != first["refresh_token"]
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("junk", ["Bearer None", "Bearer", "Digest !!!", "", "Bearer tb_1_x"])
async def test_an_authorization_header_is_passed_over(desk: Desk, junk: str) -> None:
    token = (await desk.tokens())["refresh_token"]
    body = {"client_id": desk.client.uid, "client_secret": desk.client.secret, "grant_type": "refresh_token"}
    given(await desk.send(OUTREACH, data=body | {"refresh_token": token}, headers={"authorization": junk}))


async def test_a_key_in_place_of_a_refresh_token(desk: Desk, alice: Person) -> None:
    tokens = given(await refresh(desk, alice.key))
    assert tokens["refresh_token"] == alice.key
    answer = await alice.ysuite.get(f"{desk.url}/v1/tasks", headers=bearer_headers(tokens["access_token"]))
    assert answer.status_code == 200


async def test_a_body_of_no_declared_kind_is_a_form(desk: Desk, alice: Person) -> None:
    body = f"client_id={desk.client.uid}&client_secret={desk.client.secret}&grant_type=refresh_token"
    given(await desk.send(OUTREACH, content=f"{body}&refresh_token={alice.key}".encode()))


async def test_what_is_not_good(store: Store, desk: Desk, alice: Person) -> None:
    for token in (
        "None",
        "tb_1_x",
        "tbr_1_x",
        alice.key + "x",
        "tbr_99999999999999999999_x",
        (await desk.tokens())["access_token"],
    ):
        refused(await refresh(desk, token), 401, "invalid_grant")
    token = (await desk.tokens())["refresh_token"]
    refused(await refresh(replace(desk, client=await new_client(store)), token), 401, "invalid_grant")
    given(await refresh(desk, token))


async def test_a_wrong_client(desk: Desk) -> None:
    token = (await desk.tokens())["refresh_token"]
    refused(await refresh(desk, token, client_secret="wrong"), 401, "invalid_client")
    refused(await refresh(desk, token, client_id="1"), 401, "invalid_client")
    given(await refresh(desk, token))


@pytest.mark.parametrize("grant_type", ["authorization_code", "password", "client_credentials", "x"])
async def test_other_grants_are_not_served(desk: Desk, grant_type: str) -> None:
    members = {"code": "x", "username": desk.name, "password": PASSWORD}
    answer = await desk.ask(grant_type, path=OUTREACH, form=True, **members)
    refused(answer, 400, "unsupported_grant_type")


@pytest.mark.parametrize("missing", ["client_id", "client_secret", "grant_type", "refresh_token"])
async def test_what_is_missing_is_told(desk: Desk, alice: Person, missing: str) -> None:
    body = {"client_id": desk.client.uid, "client_secret": desk.client.secret, "grant_type": "refresh_token"}
    sent = {name: value for name, value in (body | {"refresh_token": alice.key}).items() if name != missing}
    answer = await desk.send(OUTREACH, data=sent)
    refused(answer, 400, "invalid_request")
    assert missing in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 400),
        (b"grant_type=a&grant_type=b", "application/x-www-form-urlencoded", 400),
        (b"refresh_token=%00", "application/x-www-form-urlencoded", 400),
        (b"null", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b"x", "application/vnd.api+json", 415),
        (b"x" * 20_000, "application/json", 413),
    ],
)
async def test_what_cannot_be_read(desk: Desk, content: bytes, kind: str, status: int) -> None:
    answer = await desk.send(OUTREACH, content=content, headers={"content-type": kind})
    refused(answer, status, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
async def test_other_methods(desk: Desk, method: str) -> None:
    answer = await desk.send(OUTREACH, method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert answer.headers["content-type"] == "application/vnd.api+json"
    assert answer.json()["errors"][0]["id"] == "methodNotAllowed"


async def test_nothing_else_is_there(desk: Desk) -> None:
    answer = await desk.send("/oauth/authorize", "GET")
    assert answer.status_code == 404
    assert answer.json()["errors"][0]["id"] == "resourceNotFound"
