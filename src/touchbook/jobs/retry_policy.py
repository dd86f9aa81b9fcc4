import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog
from msgspec import Struct

from touchbook.core.backoff import doubled

_log = structlog.get_logger()


class RetryPolicy(Struct, frozen=True, kw_only=True):
    """How a worker retries; times in seconds.

    Another worker takes over a job whose worker gave no sign of life for `takeover`, when it looks again, each
    `poll`. A living one gives a sign each half of `takeover`. Should it be too slow for that, both do the job, and
    the first to claim its row in `due` has done it. A failing job is tried `attempts` times, with
    pauses that double from `first_retry` to `longest_retry`, then held. `recovery` is the longest pause between
    tries to reach the database.
    """

    sweep: float = 1.0
    upkeep: float = 3600.0
    poll: float = 2.0
    takeover: float = 6.0
    attempts: int = 10
    first_retry: float = 2.0
    longest_retry: float = 600.0
    recovery: float = 10.0
    at_once: int = 4

    def retry_after(self, failures: int) -> float:
        return doubled(self.first_retry, self.longest_retry, failures)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def repeat(
    name: str, work: Callable[[], Awaitable[object]], *, every: float, policy: RetryPolicy, stop: asyncio.Event
) -> None:
    """Repeat until `stop`, at once while the work answers True: it has left something.

    Failures are logged and tried again, more and more slowly.
    """
    failures = 0
    while not stop.is_set():
        begun = asyncio.get_running_loop().time()
        try:
            more = await work() is True
            failures = 0
        except Exception as error:
            lasted = asyncio.get_running_loop().time() - begun
            failures, more = (failures + 1 if lasted < policy.recovery else 1), False
            _log.warning("worker interrupted", work=name, error=repr(error), failures=failures)
        if not more:
            await pause(stop, doubled(0.2, policy.recovery, failures) if failures else every)
