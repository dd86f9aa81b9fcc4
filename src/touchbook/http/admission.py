"""Decides, in front of the pool, which request gets a connection and which waits: docs/operate/limits.md."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager
from itertools import count
from types import TracebackType
from typing import Literal

from touchbook.core.errors import Unavailable
from touchbook.core.transaction import OpenStore, Reader, Transaction

# The line of key checks and of `/readyz`, beside those of the teams. What belongs to no team is NOBODY's.
CHECKS = -1
Kind = Literal["check", "single", "many"]
KINDS: tuple[Kind, ...] = ("check", "single", "many")
# The most that wait, of one kind in one line; a write to many keeps a long body meanwhile.
LONGEST_LINE: dict[Kind, int] = {"check": 100, "single": 100, "many": 10}
MOST_WAITING = 500
PATIENCE = 1.0
_NEWEST_SHARE = 0.2


class Slot:
    """The right to one connection while the block runs. Slots with a key in common come one after the other."""

    __slots__ = ("_admission", "began", "keys", "kind", "line", "turn")

    def __init__(self, admission: "Admission", line: int, kind: Kind, keys: tuple[Hashable, ...]) -> None:
        self._admission = admission
        self.line = line
        self.kind = kind
        self.keys = keys
        self.began = 0.0
        self.turn: asyncio.Future[None] | None = None

    async def __aenter__(self) -> None:
        if not self._admission.take(self):
            await self._admission.wait(self)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._admission.leave(self)


class _Line:
    """The slots of one team. `pace` is the average of the seconds that a slot of a kind was held."""

    __slots__ = ("held", "pace", "served", "waiting")

    def __init__(self) -> None:
        self.held = 0
        self.served = 0
        self.pace = dict.fromkeys(KINDS, 0.0)
        self.waiting: dict[Slot, None] = {}

    def seconds_ahead(self, kind: Kind, ahead: int) -> float:
        return ahead * self.pace[kind] / (1 if kind == "many" else max(1, self.held))


class Admission:
    """Gives out as many slots as the pool has connections, all in one event loop.

    A free one goes to the waiting line that holds the fewest, in turn among equals. One is kept for checks. Nobody
    waits longer than `patience` seconds. `held`, `waiting` and `refused` are for metrics.
    """

    def __init__(
        self, size: int, *, patience: float = PATIENCE, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size = size
        self._for_teams = max(1, size - 1)
        self._few = max(1, size // 2)
        self._patience = patience
        self._clock = clock
        self._lines: dict[int, _Line] = {}
        self._keys: set[Hashable] = set()
        self._turns = count(1)
        self._taken = 0
        self.waiting = 0
        self.held: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self.refused: dict[Kind, int] = dict.fromkeys(KINDS, 0)

    def slot(self, line: int, *, many: bool = False, once: Hashable | None = None) -> Slot:
        """Entering it raises Unavailable if it would take too long.

        `line` is the id of a team, or CHECKS. A write to `many` waits for the team's others, and requests with an
        equal `once` for each other.
        """
        kind: Kind = "check" if line == CHECKS else "many" if many else "single"
        keys = () if once is None else (once,)
        return Slot(self, line, kind, (*keys, ("many", line)) if many else keys)

    def take(self, slot: Slot) -> bool:
        """Return False if it has to wait. Whoever waits does not fit either, so nobody is overtaken."""
        if not self._fits(slot):
            return False
        line = self._lines.get(slot.line)
        if line is None:
            line = self._lines[slot.line] = _Line()
        line.held += 1
        line.served = next(self._turns)
        self._taken += 1
        self.held[slot.kind] += 1
        self._keys.update(slot.keys)
        slot.began = self._clock()
        return True

    async def wait(self, slot: Slot) -> None:
        line = self._lines.setdefault(slot.line, _Line())
        ahead = sum(other.kind == slot.kind for other in line.waiting)
        hopeless = line.seconds_ahead(slot.kind, ahead) > self._patience
        if hopeless or ahead >= LONGEST_LINE[slot.kind] or self.waiting >= MOST_WAITING:
            self._forget(slot.line)
            raise self._refusal(slot)
        loop = asyncio.get_running_loop()
        slot.turn = loop.create_future()
        line.waiting[slot] = None
        self.waiting += 1
        timer = loop.call_later(self._patience, self._refuse, slot)
        try:
            await slot.turn
        except BaseException:
            self._withdraw(slot)
            raise
        finally:
            timer.cancel()

    def leave(self, slot: Slot) -> None:
        line = self._lines[slot.line]
        seconds = self._clock() - slot.began
        pace = line.pace[slot.kind] or seconds
        line.pace[slot.kind] = pace + (seconds - pace) * _NEWEST_SHARE
        line.held -= 1
        self._taken -= 1
        self.held[slot.kind] -= 1
        self._keys.difference_update(slot.keys)
        while self.waiting and (first := self._first()):
            self._call(first)
        self._forget(slot.line)

    def _fits(self, slot: Slot) -> bool:
        if self._taken >= self._size:
            return False
        if slot.kind == "check":
            return self.held["check"] < self._few
        if self._taken - self.held["check"] >= self._for_teams:
            return False
        if slot.kind == "many" and self.held["many"] >= self._few:
            return False
        return self._keys.isdisjoint(slot.keys)

    def _first(self) -> Slot | None:
        """Checks come before all teams: each is short, and every request of every team needs one."""
        heads = [
            (number != CHECKS, line.held, line.served, number, head)
            for number, line in self._lines.items()
            if (head := next(filter(self._may_enter, line.waiting), None))
        ]
        return min(heads, key=lambda head: head[:-1])[-1] if heads else None

    def _may_enter(self, slot: Slot) -> bool:
        """One that is refused or cancelled stays in its line until its task runs."""
        return not (slot.turn and slot.turn.done()) and self._fits(slot)

    def _call(self, slot: Slot) -> None:
        self._drop(slot)
        self.take(slot)
        if slot.turn:
            slot.turn.set_result(None)

    def _refuse(self, slot: Slot) -> None:
        if slot.turn and not slot.turn.done():
            slot.turn.set_exception(self._refusal(slot))

    def _withdraw(self, slot: Slot) -> None:
        """Leave nothing behind of a request that was refused or cancelled, perhaps just after it was called."""
        if slot in self._lines[slot.line].waiting:
            self._drop(slot)
            self._forget(slot.line)
        else:
            self.leave(slot)

    def _drop(self, slot: Slot) -> None:
        del self._lines[slot.line].waiting[slot]
        self.waiting -= 1

    def _forget(self, number: int) -> None:
        line = self._lines[number]
        if not line.held and not line.waiting:
            del self._lines[number]

    def _refusal(self, slot: Slot) -> Unavailable:
        self.refused[slot.kind] += 1
        return Unavailable("The server is busy now.")


class AdmittedStore:
    """A store whose every transaction takes a slot in one line first."""

    def __init__(self, store: OpenStore, admission: Admission, line: int) -> None:
        self._store = store
        self._admission = admission
        self._line = line

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        async with self._admission.slot(self._line), self._store.reading() as reader:
            yield reader

    @asynccontextmanager
    async def transaction(self, *, unhurried: bool = False) -> AsyncIterator[Transaction]:
        async with self._admission.slot(self._line), self._store.transaction(unhurried=unhurried) as tx:
            yield tx
