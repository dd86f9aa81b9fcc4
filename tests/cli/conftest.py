"""The console script, run as a program. One database server serves all; most tests share one data directory."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import msgspec
import pytest

from tests.cli.commands import run_command
from touchbook.store.embedded import Embedded, open_embedded

PROGRAM = Path(sys.executable).with_name("touchbook")
PATIENCE = 60


@dataclass(frozen=True)
class Running:
    process: subprocess.Popen[str]
    lines: list[str]

    @property
    def url(self) -> str:
        found = re.search(r"http://\S+", self.lines[0])
        assert found, self.lines
        return found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Asks it to end; how many seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE)
        return time.monotonic() - begun


@dataclass(frozen=True)
class Script:
    """`touchbook`, on one data directory and with one environment."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return run_command(words, self.environment_of_run, typed=typed, place=Path.cwd(), patience=PATIENCE)

    def say(self, *words: str, typed: str = "") -> str:
        """What it printed; it must succeed."""
        done = self.run(*words, typed=typed)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def fail(self, *words: str, typed: str = "") -> str:
        """What it complained of in one line on standard error; it must fail."""
        done = self.run(*words, typed=typed)
        assert done.returncode == 1, done
        complaint = done.stderr.strip()
        assert complaint.startswith("touchbook: ")
        assert len(complaint.splitlines()) == 1, complaint
        return complaint

    def demo(self) -> dict[str, Any]:
        made: dict[str, Any] = msgspec.json.decode(self.say("demo", "--json"))
        return made

    @contextmanager
    def running(self, *words: str, lines: int = 1, log: IO[str] | int = subprocess.PIPE) -> Iterator[Running]:
        """Once it has printed so many lines. What logs more than a pipe holds needs a file for its `log`."""
        process = subprocess.Popen(
            [PROGRAM, *words],
            env=self.environment_of_run,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            yield Running(process, [process.stdout.readline().strip() for _ in range(lines)])
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=PATIENCE)

    def with_database(self, url: str) -> "Script":
        return Script(self.data_dir, {**self.environment, "TOUCHBOOK_DATABASE_URL": url})

    @property
    def environment_of_run(self) -> dict[str, str]:
        plain = {name: value for name, value in os.environ.items() if not name.startswith("TOUCHBOOK_")}
        return plain | {"TOUCHBOOK_DATA_DIR": str(self.data_dir)} | self.environment


def remove_cluster(data_dir: Path) -> None:
    """It is elsewhere when we are root and PostgreSQL's user cannot enter the test run's directory."""
    place = data_dir / "postgres.place"
    if place.exists():
        shutil.rmtree(place.read_text())


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """Held open throughout, so that the commands find it running."""
    data_dir = tmp_path_factory.mktemp("cli") / "data"
    with open_embedded(data_dir, fsync=False) as opened:
        yield opened
    remove_cluster(data_dir)


@pytest.fixture(scope="session")
def data_dir(embedded: Embedded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return next(tmp_path_factory.getbasetemp().glob("cli*/data"))


@pytest.fixture(scope="session")
def touchbook(data_dir: Path) -> Script:
    script = Script(data_dir)
    script.say("migrate")
    return script


@pytest.fixture(scope="session")
def fresh(touchbook: Script, embedded: Embedded) -> Callable[[str], Script]:
    """Another database by that name, at the newest revision and without anything in it."""
    touchbook.with_database(embedded.create_database("pattern")).say("migrate")
    return lambda name: touchbook.with_database(embedded.create_database(name, template="pattern"))


@pytest.fixture(scope="session")
def demonstration(touchbook: Script) -> dict[str, Any]:
    return touchbook.demo()


@pytest.fixture(scope="session")
def site(touchbook: Script) -> Iterator[str]:
    """A server beside which the other commands work; what is due is left alone."""
    with touchbook.running("serve", "--port", "0", "--no-worker") as server:
        yield server.url
