"""Commands say what they made and what comes next; standard output stays as programs read it."""

import re
import shlex
from collections.abc import Callable
from uuid import UUID

from tests.cli.conftest import Script


def next_of(said: str) -> list[str]:
    """The command that is proposed."""
    return shlex.split(said.rpartition(": touchbook ")[2])


def test_from_a_team_to_a_key_by_what_is_proposed(touchbook: Script) -> None:
    team = touchbook.run("team", "add", "Hints & Sons")
    assert UUID(team.stdout.strip())
    assert re.search(r"team Hints & Sons, id \d+\.", team.stderr)
    user = touchbook.run(*(word.replace("EMAIL", "kim.hints@example.com") for word in next_of(team.stderr)))
    assert UUID(user.stdout.strip())
    assert re.search(r"kim.hints@example.com to Hints & Sons as admin, user id \d+\.", user.stderr)
    assert touchbook.say(*next_of(user.stderr)).startswith("tb_")


def test_tasks_without_a_team(fresh: Callable[[str], Script]) -> None:
    script = fresh("without_a_team")
    assert "`touchbook team add NAME`" in script.fail("tasks")
    assert "kim@example.com is a member of no team" in script.fail("tasks", "--user", "kim@example.com")
    script.say("team", "add", "One")
    script.say("tasks")
    script.say("team", "add", "Two")
    assert "--team: One, Two" in script.fail("tasks")
