"""The report says of each numbered statement whether it holds, in the run itself or read from its record."""

import subprocess
import sys
from pathlib import Path

from tests.requirements import PAGE, Requirements, read_statements

ROOT = Path(__file__).parents[1]
_TESTS = """
import pytest

@pytest.mark.req("RC-001")
def test_holds(): pass

@pytest.mark.req("RC-002")
def test_fails(): assert False

@pytest.mark.req("RC-003")
@pytest.mark.skip
def test_is_skipped(): pass

@pytest.mark.req("RC-004")
@pytest.mark.parametrize("number", [1, 2])
def test_fails_once(number): assert number == 1
"""


def test_a_recorded_run_tells_what_the_run_told(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(_TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = req(number): a statement\n")
    record = tmp_path / "run.xml"
    words = ["-p", "tests.requirements", "-p", "no:cacheprovider", "--requirements", f"--junitxml={record}"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", tmp_path / "pytest.ini", *words, tmp_path],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    requirements = Requirements(read_statements(PAGE.read_text(encoding="utf-8")))
    requirements.read_record(record)
    states = {number: requirements.state(of) for number, of in requirements.statements.items()}
    assert [states[f"RC-00{number}"] for number in (1, 2, 3, 4)] == ["passing", "failing", "missing", "failing"]
    told = list(requirements.lines())
    assert "failing: RC-002, RC-004" in told
    assert set(told) <= set(run.stdout.splitlines())
