"""A run that sent an open statement fails, in one process or several."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

_TESTS = """
from tests.isolation.statements import STATEMENTS

SENDING = "team_id = 1; witness(sql, [team_id])"

def send(sql):
    STATEMENTS.tenants = frozenset({"tasks"})
    exec(SENDING, {"__name__": "touchbook.core.tasks.queries", "witness": STATEMENTS.witness, "sql": sql})

def test_one():
    send("select 1 from tasks t where t.team_id = $1")

def test_other():
    send("select 1 from tasks t where t.id = $1")
"""


@pytest.mark.parametrize("processes", [0, 2])
def test_an_open_statement_fails_the_run(tmp_path: Path, processes: int) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    (tmp_path / "test_sending.py").write_text(_TESTS)
    plugins = ["-p", "tests.isolation.plugin", "-p", "xdist.plugin", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            *plugins,
            "-n",
            str(processes),
            "-c",
            tmp_path / "pytest.ini",
            tmp_path,
        ],
        cwd=ROOT,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert "touchbook.core.tasks.queries: tasks: team_id of t is not pinned to $1" in run.stdout
    assert "findings: 1;" in run.stdout
    assert run.returncode == pytest.ExitCode.TESTS_FAILED
