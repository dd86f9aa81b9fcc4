"""Limits the requests per minute and key, and those without a valid key per address; counted in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from math import ceil

from msgspec import Struct

WINDOW = 60.0
# Told where no limit runs: clients read the headers of every answer without asking if they are there.
NO_LIMIT = 1_000_000
# Beyond it the oldest windows are forgotten: addresses are without number.
MOST_WINDOWS = 100_000


class Allowance(Struct, frozen=True, kw_only=True):
    """The rest of a key's rate: `reset` is in seconds until the window ends, `reset_at` its epoch time."""

    limit: int
    remaining: int
    reset: int
    reset_at: int
    exceeded: bool


class RateLimit:
    """A fixed window per key. `limit` None means no limit."""

    def __init__(self, limit: int | None, clock: Callable[[], float] = time.time) -> None:
        self.limit = limit
        self._clock = clock
        # In the order in which they began.
        self._windows: OrderedDict[Hashable, tuple[float, int]] = OrderedDict()

    def take(self, key: Hashable) -> Allowance:
        """Count one request; the result says if the window was used up."""
        if self.limit is None:
            return self.look(key)
        now = self._clock()
        start, used = self._windows.get(key, (now, 0))
        if now - start >= WINDOW:
            del self._windows[key]
            start, used = now, 0
        self._windows[key] = (start, min(used, self.limit) + 1)
        self._drop_old(now)
        return _allowance(self.limit, start, used + 1, now)

    def look(self, key: Hashable) -> Allowance:
        """Return what is left without counting a request."""
        now = self._clock()
        start, used = self._windows.get(key, (now, 0))
        if now - start >= WINDOW:
            start, used = now, 0
        return _allowance(NO_LIMIT if self.limit is None else self.limit, start, used, now)

    def give_back(self, key: Hashable) -> None:
        """Leave the request that was counted last out of the count."""
        start, used = self._windows.get(key, (0.0, 0))
        if used:
            self._windows[key] = (start, used - 1)

    def _drop_old(self, now: float) -> None:
        while len(self._windows) > MOST_WINDOWS or now - next(iter(self._windows.values()))[0] >= WINDOW:
            self._windows.popitem(last=False)


def _allowance(limit: int, start: float, used: int, now: float) -> Allowance:
    return Allowance(
        limit=limit,
        remaining=max(0, limit - used),
        reset=max(1, ceil(start + WINDOW - now)),
        reset_at=ceil(start + WINDOW),
        exceeded=used > limit,
    )


def epoch_headers(allowance: Allowance) -> dict[str, str]:
    """Return headers with the rest of the rate; the reset is an epoch time."""
    return {
        "x-ratelimit-limit": str(allowance.limit),
        "x-ratelimit-remaining": str(allowance.remaining),
        "x-ratelimit-reset": str(allowance.reset_at),
    }
