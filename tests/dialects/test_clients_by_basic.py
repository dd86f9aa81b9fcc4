"""`Authorization: Basic` at both token calls: the client's id and secret in a header (RFC 6749, 2.3.1)."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.people import Person
from tests.signing_in import OUTREACH, PASSWORD, RECHAT, Desk, desk_of, given, new_client
from touchbook.core.teams.client import ClientText
from touchbook.store.postgres import Store

PATHS = pytest.mark.parametrize("path", [RECHAT, OUTREACH])


@pytest.fixture
async def desk(store: Store, alice: Person) -> Desk:
    return await desk_of(store, alice)


async def refresh(desk: Desk, token: str, path: str, **members: Any) -> httpx.Response:
    return await desk.ask_by_basic("refresh_token", path=path, refresh_token=token, **members)


def refused(answer: httpx.Response, status: int, error: str) -> str:
    """What it says; in the shape of its dialect, `error` being OAuth's word."""
    assert answer.status_code == status, answer.text
    body: dict[str, str] = answer.json()
    if answer.url.path == OUTREACH:
        assert body["error"] == error
        return body["error_description"]
    assert body["code"] == {400: "Validation", 401: "Unauthorized"}[status]
    return body["message"]


@PATHS
@pytest.mark.parametrize("form", [True, False])
async def test_in_place_of_the_body(desk: Desk, path: str, form: bool) -> None:
    token = (await desk.tokens())["refresh_token"]
    pair = given(await refresh(desk, token, path, form=form))
    given(await desk.refresh(pair["refresh_token"]))


async def test_by_password(desk: Desk) -> None:
    given(await desk.ask_by_basic("password", username=desk.name, password=PASSWORD))


@PATHS
async def test_the_id_may_stand_in_the_body_too(desk: Desk, path: str) -> None:
    token = (await desk.tokens())["refresh_token"]
    token = given(await refresh(desk, token, path, client_id=desk.client.uid))["refresh_token"]
    token = given(await refresh(desk, token, path, form=True, client_id="", client_secret=""))["refresh_token"]
    said = refused(await refresh(desk, token, path, client_id="another"), 400, "invalid_request")
    assert said.startswith("client_id in the body")
    given(await desk.refresh(token))


@PATHS
async def test_each_part_is_encoded_as_in_a_form(desk: Desk, path: str) -> None:
    token = (await desk.tokens())["refresh_token"]
    encoded = [quote(part, safe="").replace("-", "%2D").replace("_", "%5f") for part in desk.client]
    assert "%2D" in encoded[0]
    given(await refresh(desk, token, path, basic=":".join(encoded)))


@PATHS
async def test_a_client_proves_itself_in_one_way(desk: Desk, path: str) -> None:
    """Right or wrong, readable or not: two ways at once are refused, and nothing is spent."""
    token = (await desk.tokens())["refresh_token"]
    for basic in (f"{desk.client.uid}:{desk.client.secret}", "x:y", "x"):
        answer = await refresh(desk, token, path, basic=basic, client_secret=desk.client.secret)
        said = refused(answer, 400, "invalid_request")
        assert "both" in said
        assert "www-authenticate" not in answer.headers
    given(await desk.refresh(token))


@PATHS
async def test_a_wrong_client(store: Store, desk: Desk, path: str) -> None:
    token = (await desk.tokens())["refresh_token"]
    other = await new_client(store)
    for client in (ClientText(desk.client.uid, other.secret), ClientText("x", "y"), ClientText("", "")):
        answer = await refresh(replace(desk, client=client), token, path)
        refused(answer, 401, "invalid_client")
        assert answer.headers["www-authenticate"] == 'Basic realm="Touchbook"'
    given(await desk.refresh(token))


@PATHS
@pytest.mark.parametrize(
    "sent", ["Basic !!!", "Basic", "basic eA==", "Basic /w==", b"Basic \xe9", "Basic JWZmOnk="]
)
async def test_what_is_no_basic(desk: Desk, path: str, sent: str | bytes) -> None:
    """No base64, nothing, no colon, no UTF-8, no ASCII, and `%ff:y`."""
    body = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": desk.client.uid}
    answer = await desk.send(path, json=body, headers={"authorization": sent})
    refused(answer, 401, "invalid_client")
    assert answer.headers["www-authenticate"].startswith("Basic")


@PATHS
async def test_another_client_of_the_body_is_told_the_same(store: Store, desk: Desk, path: str) -> None:
    """A 401 for a client says how clients may prove themselves; one for a token does not."""
    token = (await desk.tokens())["refresh_token"]
    wrong = await desk.refresh(token, path=path, client_secret="wrong")
    refused(wrong, 401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    wrong = await refresh(desk, "x", path)
    refused(wrong, 401, "invalid_grant")
    assert "www-authenticate" not in wrong.headers


@PATHS
async def test_other_schemes_are_passed_over(desk: Desk, path: str) -> None:
    for sent in ("Bearer None", "Bearer", "Digest x", "Basics eA=="):
        body = {"grant_type": "refresh_token", "refresh_token": "x"}
        answer = await desk.send(path, json=body, headers={"authorization": sent})
        assert "client_id is required" in refused(answer, 400, "invalid_request")
