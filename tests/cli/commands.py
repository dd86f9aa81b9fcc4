"""Runs commands in processes of their own, forked from one that has imported all that they need.

Imports are most of a command's time. `serve` and `worker` are started as the console script itself.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from touchbook.cli import app
from touchbook.cli.commands import COMMANDS

_FORKS = multiprocessing.get_context("forkserver")
_MODULES = {f"touchbook.cli.{place.partition('.')[0]}" for place, _ in COMMANDS.values()}
_FORKS.set_forkserver_preload(["__main__", __name__, "touchbook.app", "touchbook.store.migrating", *_MODULES])
_STREAMS = (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY | os.O_CREAT), ("stderr", os.O_WRONLY | os.O_CREAT))


def run_command(
    words: Sequence[str], environment: Mapping[str, str], *, typed: str = "", place: Path, patience: float
) -> subprocess.CompletedProcess[str]:
    """Run it in `place`, with that environment alone."""
    with tempfile.TemporaryDirectory() as directory:
        streams = [Path(directory, name) for name, _ in _STREAMS]
        streams[0].write_text(typed)
        process = _FORKS.Process(target=_run, args=(words, environment, place, streams))
        process.start()
        process.join(patience)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, patience)
        said, complained = (stream.read_text() for stream in streams[1:])
        return subprocess.CompletedProcess(words, process.exitcode, said, complained)


def _run(words: Sequence[str], environment: Mapping[str, str], place: Path, streams: Sequence[Path]) -> None:
    for number, (stream, (_, flags)) in enumerate(zip(streams, _STREAMS, strict=True)):
        os.dup2(os.open(stream, flags), number)
    sys.stdin = os.fdopen(0)
    sys.argv = ["touchbook", *words]
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(place)
    app()
