"""Ends a long-running command: SIGINT or SIGTERM asks, a second one insists."""

import asyncio
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from touchbook.cli.running import heed_termination

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def stop_on_signals(
    stop: asyncio.Event,
    insist: Callable[[], None] = lambda: None,
    signals: Sequence[signal.Signals] = _SIGNALS,
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
