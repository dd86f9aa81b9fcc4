"""`touchbook team set`: what a team chooses, said on the machine itself."""

import pytest

from tests.cli.conftest import Script

FOUNDED = [
    "contacts are seen by the whole team.",
    "touch tasks are off.",
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
    visible, off, spread = FOUNDED
    hidden, on = "contacts are seen by their owners alone.", "touch tasks are on."
    far = spread.replace("1 day", "30 days")
    assert told(touchbook, team, "--contacts", "owner") == [hidden, off, spread]
    assert told(touchbook, team, "--touch-tasks", "on", "--touch-spread", "30") == [hidden, on, far]
    assert told(touchbook, team, "--touch-tasks", "on") == [hidden, on, far]
    assert told(touchbook, team, "--contacts", "team", "--touch-tasks", "off") == [visible, off, far]
    assert told(touchbook, team, "--touch-spread", "1") == FOUNDED


def test_something_must_be_said(touchbook: Script, team: str) -> None:
    assert "--touch-tasks" in touchbook.fail("team", "set", team)
    assert "no such" in touchbook.fail("team", "set", "no such", "--touch-tasks", "on")


@pytest.mark.parametrize(
    "words", [("--touch-tasks", "maybe"), ("--touch-spread", "0"), ("--touch-spread", "366"), ("--contacts", "x")]
)
def test_what_cannot_be_is_refused(touchbook: Script, team: str, words: tuple[str, str]) -> None:
    assert touchbook.run("team", "set", team, *words).returncode == 2
    assert told(touchbook, team, "--touch-tasks", "off") == FOUNDED
