"""A command imports what it needs, and says so in one table."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Script
from touchbook.cli.commands import COMMANDS, Named

SLOW = ("liquid", "babel", "obstore", "phonenumbers", "pgqueuer", "sqlalchemy", "starlette", "uvicorn")


def imported(code: str) -> set[str]:
    """The slow libraries that the code brings in, in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {*told.stdout.split()} & {*SLOW, "asyncpg", "touchbook.core.reactions"}


def test_help_imports_nothing_slow() -> None:
    assert imported("import touchbook.cli.commands") == set()


@pytest.mark.parametrize("module", ["key", "client", "team", "user", "migrate"])
def test_what_only_reads_does_without_the_rest(module: str) -> None:
    assert imported(f"import touchbook.cli.{module}") - {"phonenumbers"} == {"asyncpg"}


def test_reactions_do_without_templates() -> None:
    assert not imported("import touchbook.core.reactions") & {"liquid", "babel"}


def test_a_server_has_all_before_its_first_request() -> None:
    app = "import touchbook.app, sys\nbefore = set(sys.modules)\n"
    later = "import touchbook.core.reactions, liquid, obstore\nassert not set(sys.modules) - before"
    imported(app + later)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_says(name: str) -> None:
    place, line = COMMANDS[name]
    said = " ".join((Named(name, place, line).load().help or "").split())
    assert said == line or said.startswith(f"{line} ")


def test_a_mistyped_command(tmp_path: Path) -> None:
    done = Script(tmp_path).run("serv")
    assert done.returncode == 2
    assert "'serve'" in done.stderr
