import re
import time
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Script

PASSWORD = "a password of Dana's"
TEAM = "Dana & Co"


@pytest.fixture(scope="module")
def dana(touchbook: Script) -> tuple[str, str]:
    """--team and --email, as options."""
    touchbook.say("team", "add", TEAM)
    touchbook.say("user", "add", "--team", TEAM, "--email", "dana@example.com")
    return f"--team={TEAM}", "--email=dana@example.com"


def add(touchbook: Script, name: str) -> dict[str, str]:
    lines = touchbook.say("client", "add", name).splitlines()
    client = dict(line.split("=", 1) for line in lines)
    assert list(client) == ["client_id", "client_secret"]
    return client


def sign_in(site: str, client: dict[str, str], password: str = PASSWORD) -> httpx.Response:
    body = {**client, "grant_type": "password", "username": "dana@example.com", "password": password}
    return httpx.post(f"{site}/oauth2/token", data=body)


def until_refused(site: str, token: str) -> int:
    until = time.monotonic() + 6
    while True:
        answer = httpx.get(f"{site}/v1/tasks", headers={"authorization": f"Bearer {token}"}).status_code
        if answer != 200 or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def test_a_client_a_password_and_a_token(touchbook: Script, site: str, dana: tuple[str, str]) -> None:
    client = add(touchbook, "Connector")
    assert re.fullmatch(r"[0-9a-f-]{36}", client["client_id"])
    assert re.fullmatch(r"[\w-]{43}", client["client_secret"])
    assert sign_in(site, client).status_code == 401
    touchbook.say("user", "set-password", *dana, typed=f"{PASSWORD}\n")
    tokens = sign_in(site, client)
    assert tokens.status_code == 200, tokens.text
    token = tokens.json()["access_token"]
    assert httpx.get(f"{site}/v1/tasks", headers={"authorization": f"Bearer {token}"}).status_code == 200

    touchbook.say("user", "set-password", *dana, typed="another password\n")
    assert sign_in(site, client).status_code == 401
    assert sign_in(site, client, "another password").status_code == 200
    assert until_refused(site, token) == 401
    touchbook.say("user", "set-password", *dana, typed=f"{PASSWORD}\n")


def test_a_removed_client(touchbook: Script, site: str, dana: tuple[str, str]) -> None:
    client = add(touchbook, "Passing")
    touchbook.say("user", "set-password", *dana, typed=f"{PASSWORD}\n")
    token = sign_in(site, client).json()["access_token"]
    for _ in range(2):
        touchbook.say("client", "remove", client["client_id"])
    assert sign_in(site, client).status_code == 401
    assert until_refused(site, token) == 401
    row = next(line for line in touchbook.say("client", "list").splitlines() if client["client_id"] in line)
    assert row.split("│")[-2].strip()


def test_the_list_shows_no_secret(touchbook: Script) -> None:
    client = add(touchbook, "Shown")
    listed = touchbook.say("client", "list")
    assert "Shown" in listed
    assert client["client_id"] in listed
    assert client["client_secret"] not in listed


def test_what_is_wrong_is_said_in_a_line(touchbook: Script, dana: tuple[str, str]) -> None:
    assert "name" in touchbook.fail("client", "add", " ")
    assert "nonsense" in touchbook.fail("client", "remove", "nonsense")
    unknown = "01a201ab-9c08-72a6-acea-ad4a6ef82ba5"
    assert unknown in touchbook.fail("client", "remove", unknown)
    assert "8 characters" in touchbook.fail("user", "set-password", *dana, typed="short\n")
    assert "8 characters" in touchbook.fail("user", "set-password", *dana)
    assert "nobody@example.com" in touchbook.fail(
        "user", "set-password", dana[0], "--email=nobody@example.com", typed=f"{PASSWORD}\n"
    )


def test_the_demonstrations_people_can_sign_in(demonstration: dict[str, Any], site: str) -> None:
    for user in demonstration["users"]:
        body = {"grant_type": "password", "username": user["email"], "password": user["password"]}
        tokens = httpx.post(f"{site}/oauth2/token", json={**demonstration["client"], **body}).json()
        assert tokens["data"]["id"] == user["uid"]
        assert tokens["data"]["active_brand"] == demonstration["brand"]
