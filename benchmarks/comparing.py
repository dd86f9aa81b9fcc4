"""Touchbook and the raw server in turns, on the same databases, round after round."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import product
from typing import Literal

import msgspec
from msgspec import Struct

from benchmarks.data import Filled
from benchmarks.loading import CONNECTIONS, Load, Measured
from benchmarks.sampling import ALONE, READS, samples_of

Name = Literal["touchbook", "raw"]
NAMES: tuple[Name, Name] = ("touchbook", "raw")
_WARM_SECONDS = 1.0


class Turn(Struct, frozen=True):
    """What one server did with one kind of request; times in seconds."""

    name: Name
    tasks: int
    kind: str
    cpu: float
    rate: float
    p50: float
    p99: float


class RunningServer:
    def __init__(self, process: "subprocess.Popen[str]", filled: Filled) -> None:
        self._process = process
        self._filled = filled
        self._port = int(self._line())

    def take_turn(self, name: Name, kind: str, seconds: float) -> Turn:
        requests = [sample.bytes(self._filled.key) for sample in samples_of(self._filled, kind)]
        before = self._used()
        measured = _put_load(Load(self._port, seconds, requests, 1 if kind in ALONE else CONNECTIONS))
        return Turn(
            name=name,
            tasks=self._filled.size.tasks,
            kind=kind,
            cpu=(self._used() - before) / len(measured.latencies),
            rate=measured.rate,
            p50=measured.percentile(0.50),
            p99=measured.percentile(0.99),
        )

    def _used(self) -> float:
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("A server ended early; its error stands above.")
        return line


def compare(data: Sequence[Filled], kinds: Sequence[str], *, rounds: int, seconds: float) -> list[Turn]:
    """Every round asks each server each kind of request, in an order that is turned round every time.

    What writes comes when all that reads is done, so that the lists are those of the data.
    """
    turns = []
    with ExitStack() as stack:
        servers = {
            (filled.size.tasks, name): stack.enter_context(_serve(name, filled, kinds))
            for filled, name in product(data, NAMES)
        }
        for part in _reads_then_writes(kinds):
            for kind, (key, server) in product(part, servers.items()):
                server.take_turn(key[1], kind, _WARM_SECONDS)
            for number in range(rounds):
                for kind in part:
                    for key in list(servers)[:: 1 if number % 2 == 0 else -1]:
                        turns.append(servers[key].take_turn(key[1], kind, seconds))
                print(f"{', '.join(part)}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return turns


def _reads_then_writes(kinds: Sequence[str]) -> list[list[str]]:
    parts = [[kind for kind in kinds if (kind in READS) is reading] for reading in (True, False)]
    return [part for part in parts if part]


@contextmanager
def _serve(name: Name, filled: Filled, kinds: Sequence[str]) -> Iterator[RunningServer]:
    command = [sys.executable, "-m", "benchmarks.serving", name, *kinds]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        process.stdin.write(msgspec.json.encode(filled).decode() + "\n")
        process.stdin.flush()
        try:
            yield RunningServer(process, filled)
        finally:
            process.terminate()


def _put_load(load: Load) -> Measured:
    command = [sys.executable, "-m", "benchmarks.loading"]
    done = subprocess.run(command, input=msgspec.json.encode(load), stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout, type=Measured)
