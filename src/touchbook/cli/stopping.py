"""Ends a long-running command: SIGINT or SIGTERM asks, a second one insists."""

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import typer

from touchbook.cli.running import STOPS, heed_termination


class EarlyStop:
    """A stop before the loop runs: it is heeded between two steps of the start, and a second one at once.

    Raised amid a step, it could be lost in what discards exceptions (a finalizer), or leave a connection
    half done that complains of it.
    """

    def __init__(self) -> None:
        self.asked = 0
        for number in STOPS:
            signal.signal(number, self._note)

    def _note(self, number: int, frame: object) -> None:
        if self.asked:
            sys.exit(128 + number)
        self.asked = number

    def heed(self) -> None:
        if self.asked:
            raise typer.Exit(128 + self.asked)


@contextmanager
def stop_on_signals(
    stop: asyncio.Event,
    insist: Callable[[], None] = lambda: None,
    signals: Sequence[signal.Signals] = STOPS,
) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            insist()
        stop.set()

    for number in signals:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
        heed_termination()


async def finish(task: asyncio.Task[None], seconds: float) -> None:
    """Wait for the task that long, then cancel it. Raises what it raised."""
    done, _ = await asyncio.wait([task], timeout=seconds)
    if done:
        return task.result()
    task.cancel()
    await asyncio.wait([task])
    return None
