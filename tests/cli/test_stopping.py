"""A command that is stopped, whenever it is, says nothing of what it was amid."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.cli.conftest import PATIENCE, PROGRAM, Script

STOPS = (signal.SIGINT, signal.SIGTERM)


def stopped_after(script: Script, seconds: float, number: signal.Signals, *words: str) -> tuple[int, str]:
    """Its exit code, and all that it said on standard error."""
    process = subprocess.Popen(
        [PROGRAM, *words],
        env=script.environment_of_run,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not _heeds_termination(process.pid):
        time.sleep(0.01)
    time.sleep(seconds)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    return process.returncode, said


def _heeds_termination(pid: int) -> bool:
    """Whether the interpreter has come as far as our code: before that a stop is Python's own."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) & 1 << (signal.SIGTERM - 1))


@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("tenths", [0, 6, 14])
def test_a_stop_in_the_first_seconds(touchbook: Script, tenths: int, number: signal.Signals) -> None:
    code, said = stopped_after(touchbook, tenths / 10, number, "serve", "--port", "0")
    assert "Traceback" not in said
    assert code in (0, 128 + number)


@pytest.mark.long
@pytest.mark.parametrize("number", STOPS)
@pytest.mark.parametrize("command", ["serve", "serve --demo", "worker", "tasks", "doctor"])
def test_a_stop_at_each_twentieth_of_a_second(touchbook: Script, command: str, number: signal.Signals) -> None:
    words = [*command.split(), *(["--port", "0"] if "serve" in command else [])]
    for step in range(50):
        code, said = stopped_after(touchbook, step / 20, number, *words)
        assert "Traceback" not in said, step
        assert code in (0, 1, 128 + number), (step, code)
