"""Who gets a connection and who waits, against a model that is told what happened and knows only the rules."""

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from touchbook.core.errors import Unavailable
from touchbook.http.admission import CHECKS, LONGEST_LINE, Admission, Kind, Slot

SIZE, FEW = 6, 3
PATIENCE = 1.0


class _Loop(asyncio.SelectorEventLoop):
    """Its time is set by the test."""

    now = 0.0

    def time(self) -> float:
        return self.now


class _Request:
    def __init__(self, line: int, kind: Kind, key: str | None) -> None:
        self.line, self.kind, self.key = line, kind, key
        self.entered = False
        self.done = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    def competes(self, other: "_Request") -> bool:
        """One of them waits for the other, whatever is free."""
        return (self.key is not None and self.key == other.key) or (
            self.kind == other.kind == "many" and self.line == other.line
        )


class _Watched(Admission):
    """Checks each choice: nobody of another team holds less and could come, nobody of the own came earlier."""

    def _call(self, slot: Slot) -> None:
        rivals = {
            number: first
            for number, line in self._lines.items()
            if (first := next(filter(self._may_enter, line.waiting), None))
        }
        assert slot is rivals[slot.line]
        if slot.line != CHECKS:
            assert CHECKS not in rivals
            assert self._lines[slot.line].held == min(self._lines[number].held for number in rivals)
        super()._call(slot)


class Model(RuleBasedStateMachine):
    """Each request is a task that takes a slot, and leaves it when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = _Loop()
        self.admission = _Watched(SIZE, patience=PATIENCE, clock=self.loop.time)
        self.requests: list[_Request] = []
        self.faults: list[Exception] = []

    def teardown(self) -> None:
        for _ in range(1 + len(self.requests)):
            for request in self.requests:
                request.done.set()
            self._settle()
        left = list(self.requests)
        for request in left:
            self._end(request, kill=True)
        self._settle()
        assert left == [], "somebody was never called"
        assert self.faults == []
        self._check_nothing_is_left()
        self.loop.close()

    @rule(
        line=st.sampled_from([CHECKS, CHECKS, 0, 1, 2, 3]),
        many=st.booleans(),
        key=st.sampled_from([None, None, "a", "b"]),
    )
    def come(self, line: int, many: bool, key: str | None) -> None:
        kind: Kind = "check" if line == CHECKS else "many" if many else "single"
        request = _Request(line, kind, None if line == CHECKS else key)
        request.task = self.loop.create_task(self._run(request))
        self.requests.append(request)
        self._settle()

    @rule(data=st.data(), kill=st.booleans())
    def end(self, data: st.DataObject, kill: bool) -> None:
        """One that holds or waits is cancelled, or one that holds has done its work."""
        if self.requests:
            request = data.draw(st.sampled_from(self.requests))
            self._end(request, kill=kill)
            self._settle()

    @rule(data=st.data(), steps=st.integers(0, 3))
    def end_two_at_once(self, data: st.DataObject, steps: int) -> None:
        """One leaves, and one that waits is cancelled before it has run; it may have been called already."""
        holding = [request for request in self.requests if request.entered]
        waiting = [request for request in self.requests if not request.entered]
        if holding and waiting:
            chosen = data.draw(st.sampled_from(holding)), data.draw(st.sampled_from(waiting))
            self.loop.run_until_complete(self._end_both(*chosen, steps))
            self._settle()

    async def _end_both(self, holding: _Request, waiting: _Request, steps: int) -> None:
        self._end(holding, kill=False)
        for _ in range(steps):
            await asyncio.sleep(0)
        self._end(waiting, kill=True)

    @rule(seconds=st.sampled_from([0.01, 0.5, 1.0]))
    def time_passes(self, seconds: float) -> None:
        self.loop.now += seconds
        self._settle()

    @invariant()
    def nothing_failed(self) -> None:
        assert self.faults == []

    @invariant()
    def no_more_is_held_than_there_is(self) -> None:
        held = [request for request in self.requests if request.entered]
        assert len(held) <= SIZE
        assert sum(request.kind != "check" for request in held) <= SIZE - 1
        for kind, most in {"many": FEW, "check": FEW}.items():
            assert sum(request.kind == kind for request in held) <= most
        assert not any(a.competes(b) for a in held for b in held if a is not b)
        assert sum(self.admission.held.values()) == len(held)

    @invariant()
    def nobody_waits_for_what_is_free(self) -> None:
        waiting = [request for request in self.requests if not request.entered]
        assert self.admission.waiting == len(waiting)
        assert not any(self._could_enter(request) for request in waiting)

    def _could_enter(self, request: _Request) -> bool:
        held = [each for each in self.requests if each.entered]
        if len(held) >= SIZE or any(request.competes(each) for each in held):
            return False
        alike = sum(each.kind == request.kind for each in held)
        if request.kind == "check":
            return alike < FEW
        for_teams = sum(each.kind != "check" for each in held)
        return for_teams < SIZE - 1 and not (request.kind == "many" and alike >= FEW)

    async def _run(self, request: _Request) -> None:
        try:
            async with self.admission.slot(request.line, many=request.kind == "many", once=request.key):
                request.entered = True
                await request.done.wait()
        except Unavailable:
            pass
        except Exception as fault:
            self.faults.append(fault)
        finally:
            self.requests.remove(request)

    def _end(self, request: _Request, *, kill: bool) -> None:
        assert request.task
        if kill:
            request.task.cancel()
        elif request.entered:
            request.done.set()

    def _settle(self) -> None:
        for _ in range(8):
            self.loop.run_until_complete(asyncio.sleep(0))

    def _check_nothing_is_left(self) -> None:
        assert self.admission.waiting == 0
        assert set(self.admission.held.values()) == {0}
        assert not self.admission._lines
        assert not self.admission._keys


Model.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestModel = Model.TestCase


async def _hold(admission: Admission, line: int, until: asyncio.Event, **how: Any) -> None:
    async with admission.slot(line, **how):
        await until.wait()


async def _start(admission: Admission, line: int, until: asyncio.Event, **how: Any) -> asyncio.Task[None]:
    task = asyncio.create_task(_hold(admission, line, until, **how))
    await asyncio.sleep(0)
    return task


async def test_alone_a_team_may_use_all_but_the_one_for_checks() -> None:
    admission, until = Admission(SIZE), asyncio.Event()
    tasks = [await _start(admission, 1, until) for _ in range(SIZE)]
    assert (admission.held["single"], admission.waiting) == (SIZE - 1, 1)
    async with admission.slot(CHECKS):
        assert admission.held["check"] == 1
    until.set()
    await asyncio.gather(*tasks)


async def test_a_team_that_comes_later_has_the_next_place() -> None:
    admission, first, until = Admission(3), asyncio.Event(), asyncio.Event()
    held = [await _start(admission, 1, first), await _start(admission, 1, until)]
    waiting = [await _start(admission, line, until) for line in (1, 1, 1, 2)]
    first.set()
    await asyncio.gather(held[0])
    await asyncio.sleep(0)
    assert admission._lines[2].held == 1
    until.set()
    await asyncio.gather(*held, *waiting)


async def test_teams_are_served_in_turn() -> None:
    admission, until = Admission(2), asyncio.Event()
    order: list[int] = []

    async def come(line: int) -> None:
        async with admission.slot(line):
            order.append(line)
            await asyncio.sleep(0)

    holding = await _start(admission, 9, until)
    waiting = []
    for line in (1, 1, 1, 2, 2, 3):
        waiting.append(asyncio.create_task(come(line)))
        await asyncio.sleep(0)
    until.set()
    await asyncio.gather(holding, *waiting)
    assert order == [1, 2, 3, 1, 2, 1]


async def test_writes_to_many_take_half_and_one_of_a_team() -> None:
    admission, until = Admission(SIZE), asyncio.Event()
    tasks = [await _start(admission, line, until, many=True) for line in (1, 1, 2, 3, 4, 5)]
    assert (admission.held["many"], admission.waiting) == (FEW, 3)
    assert [admission._lines[line].held for line in (1, 2, 3)] == [1, 1, 1]
    async with admission.slot(1), admission.slot(2):
        assert admission.held["single"] == 2
    until.set()
    await asyncio.gather(*tasks)


async def test_what_waits_for_too_long_is_refused() -> None:
    admission, until = Admission(2, patience=0.01), asyncio.Event()
    holding = await _start(admission, 1, until)
    with pytest.raises(Unavailable):
        async with admission.slot(2):
            pass
    assert (admission.refused["single"], admission.waiting) == (1, 0)
    until.set()
    await holding


async def test_what_cannot_come_in_time_is_refused_at_once() -> None:
    now = 0.0
    admission, until, second = Admission(2, patience=1.0, clock=lambda: now), asyncio.Event(), asyncio.Event()
    slow = await _start(admission, 1, until)
    holding = await _start(admission, 1, second)
    now = 5.0
    until.set()
    await slow
    waiting = await _start(admission, 1, second)
    timers_before = admission.waiting
    with pytest.raises(Unavailable):
        await admission.slot(1).__aenter__()
    assert (timers_before, admission.waiting, admission.refused["single"]) == (1, 1, 1)
    second.set()
    await asyncio.gather(holding, waiting)


@pytest.mark.parametrize("kind", ["single", "many"])
async def test_a_line_is_bounded(kind: Kind) -> None:
    admission, until = Admission(2), asyncio.Event()
    most = LONGEST_LINE[kind]
    tasks = [await _start(admission, 1, until, many=kind == "many") for _ in range(most + 1)]
    assert admission.waiting == most
    with pytest.raises(Unavailable):
        await admission.slot(1, many=kind == "many").__aenter__()
    assert admission.waiting == most
    until.set()
    await asyncio.gather(*tasks)
    assert not admission._lines
