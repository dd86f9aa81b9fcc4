"""`touchbook team set`: what a team chooses, said on the machine itself."""

import pytest

from tests.cli.conftest import Script

FOUNDED = [
    "contacts are seen by the whole team.",
    "touch tasks are off.",
    "days begin by UTC, phone numbers are read as in US.",
    "touches that come due together are spread over 1 day.",
]


@pytest.fixture
def team(touchbook: Script, request: pytest.FixtureRequest) -> str:
    name = f"Team of {request.node.name}"
    touchbook.say("team", "add", name)
    return name


def told(touchbook: Script, team: str, *words: str) -> list[str]:
    return [line.removeprefix(f"{team}: ") for line in touchbook.say("team", "set", team, *words).splitlines()]


def test_what_is_said_changes_and_the_rest_stays(touchbook: Script, team: str) -> None:
    visible, off, place, spread = FOUNDED
    hidden, on = "contacts are seen by their owners alone.", "touch tasks are on."
    far = spread.replace("1 day", "30 days")
    assert told(touchbook, team, "--contacts", "owner") == [hidden, off, place, spread]
    assert told(touchbook, team, "--touch-tasks", "on", "--touch-spread", "30") == [hidden, on, place, far]
    assert told(touchbook, team, "--touch-tasks", "on") == [hidden, on, place, far]
    assert told(touchbook, team, "--contacts", "team", "--touch-tasks", "off") == [visible, off, place, far]
    assert told(touchbook, team, "--touch-spread", "1") == FOUNDED
    there = "days begin by Europe/Berlin, phone numbers are read as in DE."
    assert told(touchbook, team, "--zone", "Europe/Berlin", "--region", "DE") == [visible, off, there, spread]
    assert told(touchbook, team, "--zone", "UTC", "--region", "US") == FOUNDED


def test_something_must_be_said(touchbook: Script, team: str) -> None:
    assert "--touch-tasks" in touchbook.fail("team", "set", team)
    assert "no such" in touchbook.fail("team", "set", "no such", "--touch-tasks", "on")


@pytest.mark.parametrize("words", [("--zone", "America/Gotham"), ("--region", "UK"), ("--region", "de")])
def test_a_place_must_be_one(touchbook: Script, team: str, words: tuple[str, str]) -> None:
    assert words[1] in touchbook.fail("team", "set", team, *words, "--touch-tasks", "on")
    assert words[1] in touchbook.fail("team", "add", f"Other {team}", *words)
    assert told(touchbook, team, "--touch-tasks", "off") == FOUNDED


@pytest.mark.parametrize(
    "words", [("--touch-tasks", "maybe"), ("--touch-spread", "0"), ("--touch-spread", "366"), ("--contacts", "x")]
)
def test_what_cannot_be_is_refused(touchbook: Script, team: str, words: tuple[str, str]) -> None:
    assert touchbook.run("team", "set", team, *words).returncode == 2
    assert told(touchbook, team, "--touch-tasks", "off") == FOUNDED
