"""Two servers in turns, round after round: Touchbook, and the limit, the replay or another checkout's."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

from benchmarks.data import Filled
from benchmarks.loading import CONNECTIONS, Load, Measured
from benchmarks.sampling import ALONE, CREATES, READS, samples_of
from benchmarks.updating import TURNS, UPDATES

ROOT = Path(__file__).parents[1]
Name = Literal["touchbook", "limit", "replay", "against"]
_WARM_SECONDS = 1.0
_ENDED = "A server or the load ended early; its error stands above."


class Side(Struct, frozen=True):
    """One of the two: what it serves, a database a size, and the checkout that it is of."""

    name: Name
    data: Sequence[Filled]
    root: Path = ROOT
    connections: int = CONNECTIONS


class Turn(Struct, frozen=True):
    """What one server did with one kind of request; times in seconds."""

    name: Name
    tasks: int
    kind: str
    cpu: float
    rate: float
    p50: float
    p99: float


class Ended(Exception):
    pass


class _Program:
    """A module in a process of its own, which answers a line for each that it is sent."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def send(self, line: str = "") -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
        except BrokenPipeError as broken:
            raise Ended(_ENDED) from broken

    def line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise Ended(_ENDED)
        return line


class _Server:
    def __init__(self, program: _Program, load: _Program, side: Side, filled: Filled) -> None:
        self._program = program
        self._load = load
        self._name = side.name
        self._connections = side.connections
        self._filled = filled
        self._port = int(program.line())

    def warm_up(self, kind: str, seconds: float) -> None:
        """Of updates with each sample: the replay counts on it that Touchbook has done them once."""
        self.take_turn(kind, seconds, least=self._filled.samples if kind in UPDATES else 1)

    def take_turn(self, kind: str, seconds: float, *, least: int = 1) -> Turn:
        requests = [sample.bytes(self._filled.key) for sample in samples_of(self._filled, kind)]
        connections = 1 if kind in ALONE else self._connections
        together = TURNS if kind in UPDATES else 1
        load = Load(self._port, seconds, requests, connections, least, together)
        before = self._used()
        measured = self._put(load, kind)
        return Turn(
            name=self._name,
            tasks=self._filled.size.tasks,
            kind=kind,
            cpu=(self._used() - before) / len(measured.latencies),
            rate=measured.rate,
            p50=measured.percentile(0.50),
            p99=measured.percentile(0.99),
        )

    def _put(self, load: Load, kind: str) -> Measured:
        self._load.send(msgspec.json.encode(load).decode())
        try:
            return msgspec.json.decode(self._load.line(), type=Measured)
        except Ended as ended:
            raise Ended(f"{self._name} did not answer {kind}.") from ended

    def _used(self) -> float:
        self._program.send()
        return float(self._program.line())


def compare(
    sides: Sequence[Side], kinds: Sequence[str], *, rounds: int, seconds: float, warm: float = _WARM_SECONDS
) -> list[Turn]:
    """Every round asks each server each kind of request, in an order that is turned round every time.

    What writes comes when all that reads is done, so that the lists are those of the data; what is done to many
    records at once, when those changed one by one have been. A turn has at least one request of each connection.
    """
    turns = []
    with ExitStack() as stack:
        load = stack.enter_context(_started(ROOT, "benchmarks.loading"))
        servers = [
            stack.enter_context(_serving(side, filled, kinds, load))
            for size in zip(*(side.data for side in sides), strict=True)
            for side, filled in zip(sides, size, strict=True)
        ]
        for part in _parts(kinds):
            for kind in part:
                for server in servers:
                    server.warm_up(kind, warm)
            for number in range(rounds):
                for kind in part:
                    turns += [
                        server.take_turn(kind, seconds) for server in servers[:: 1 if number % 2 == 0 else -1]
                    ]
                print(f"{', '.join(part)}: round {number + 1} of {rounds}", file=sys.stderr, flush=True)
    return turns


def _parts(kinds: Sequence[str]) -> list[list[str]]:
    parts = [[kind for kind in kinds if kind in part] for part in (READS, UPDATES, CREATES)]
    return [part for part in parts if part]


@contextmanager
def _serving(side: Side, filled: Filled, kinds: Sequence[str], load: _Program) -> Iterator[_Server]:
    """By the checkout's own `benchmarks.serving`, which knows how its Touchbook is put together."""
    what = "touchbook" if side.name == "against" else side.name
    with _started(side.root, "benchmarks.serving", what, *kinds) as program:
        program.send(msgspec.json.encode(filled).decode())
        yield _Server(program, load, side, filled)


@contextmanager
def _started(root: Path, *module: str) -> Iterator[_Program]:
    command = [sys.executable, "-m", *module]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, env=environment_of(root)
    ) as process:
        try:
            yield _Program(process)
        finally:
            process.terminate()


def environment_of(root: Path) -> dict[str, str]:
    """With the sources of that checkout before any that are installed."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root)))}
