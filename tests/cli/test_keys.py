import re
import time

import httpx
import pytest

from tests.cli.conftest import Script


def status(site: str, key: str, **request: object) -> int:
    headers = {"authorization": f"Bearer {key}"}
    method = "POST" if request else "GET"
    return httpx.request(method, f"{site}/v1/tasks", headers=headers, **request).status_code  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def second_team(touchbook: Script) -> str:
    """Charlie's, without anything in it."""
    touchbook.say("team", "add", "Charlie & Co", "--zone", "Europe/Berlin", "--region", "DE")
    touchbook.say("user", "add", "--team", "Charlie & Co", "--email", "charlie@example.com", "--role", "admin")
    return "Charlie & Co"


def create(touchbook: Script, team: str, scope: str, *more: str) -> str:
    words = ("key", "create", "--user", "charlie@example.com", "--team", team, "--scope", scope, *more)
    return touchbook.say(*words)


def test_a_key_is_printed_alone_and_works_at_once(touchbook: Script, site: str, second_team: str) -> None:
    key = create(touchbook, second_team, "write", "--name", "connector")
    assert re.fullmatch(r"tb_\d+_[\w-]{43}", key)
    answer = httpx.get(f"{site}/v1/tasks", headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    assert answer.json()["data"]["total_records"] == 0


def test_a_revoked_key_is_refused_within_seconds(touchbook: Script, site: str, second_team: str) -> None:
    key = create(touchbook, second_team, "read")
    assert status(site, key) == 200
    number = key.split("_")[1]
    touchbook.say("key", "revoke", number)
    until = time.monotonic() + 6
    while (answer := status(site, key)) == 200 and time.monotonic() < until:
        time.sleep(0.2)
    assert answer == 401
    row = next(line for line in touchbook.say("key", "list").splitlines() if line.startswith(f"│ {number} "))
    assert row.split("│")[-2].strip()


def test_the_list_shows_no_secret(touchbook: Script, second_team: str) -> None:
    key = create(touchbook, second_team, "read", "--name", "shown")
    listed = touchbook.say("key", "list")
    assert "shown" in listed
    assert key.split("_", 2)[2] not in listed


def test_a_reading_key_does_not_write(touchbook: Script, site: str, second_team: str) -> None:
    key = create(touchbook, second_team, "read")
    assert status(site, key, json={"title": "No"}) == 403


def test_a_key_for_a_dialect(touchbook: Script, site: str, second_team: str) -> None:
    assert status(site, create(touchbook, second_team, "read", "--dialect", "ysuite")) == 200
    complaint = touchbook.fail(
        *("key", "create", "--user", "charlie@example.com", "--team", second_team),
        *("--scope", "read", "--dialect", "klingon"),
    )
    assert "klingon" in complaint


def test_a_key_beyond_the_members_role_is_said(touchbook: Script, second_team: str) -> None:
    touchbook.say("user", "add", "--team", second_team, "--email", "reader@example.com", "--role", "read_only")
    done = touchbook.run(
        "key", "create", "--user", "reader@example.com", "--team", second_team, "--scope", "admin"
    )
    assert done.stdout.startswith("tb_")
    assert "read_only" in done.stderr


def test_what_is_wrong_is_said_in_a_line(touchbook: Script, second_team: str) -> None:
    assert "nobody@example.com" in touchbook.fail(
        "key", "create", "--user", "nobody@example.com", "--team", second_team, "--scope", "read"
    )
    assert "Nowhere" in touchbook.fail(
        "key", "create", "--user", "charlie@example.com", "--team", "Nowhere", "--scope", "read"
    )
    assert "999999" in touchbook.fail("key", "revoke", "999999")
    assert "already" in touchbook.fail("team", "add", second_team)
    assert "Mars" in touchbook.fail("team", "add", "Olympus", "--zone", "Mars/Olympus")
    assert "e-mail" in touchbook.fail("user", "add", "--team", second_team, "--email", "nonsense")
    assert "already" in touchbook.fail("user", "add", "--team", second_team, "--email", "Charlie@example.com")


def test_a_scope_that_is_none(touchbook: Script, second_team: str) -> None:
    done = touchbook.run("key", "create", "--user", "charlie@example.com", "--team", second_team, "--scope", "all")
    assert done.returncode == 2
    assert "read" in done.stderr
