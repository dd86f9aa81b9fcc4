"""Limits the requests per minute and key, counted in this process."""

import time
from collections.abc import Callable, Hashable
from math import ceil

from msgspec import Struct

WINDOW = 60.0


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
        self._windows: dict[Hashable, tuple[float, int]] = {}

    def take(self, key: Hashable) -> Allowance | None:
        """Count one request; the result says if the window was used up."""
        if self.limit is None:
            return None
        now = self._clock()
        start, used = self._windows.get(key, (now, 0))
        if now - start >= WINDOW:
            self._drop_old(now)
            start, used = now, 0
        self._windows[key] = (start, min(used, self.limit) + 1)
        return Allowance(
            limit=self.limit,
            remaining=max(0, self.limit - used - 1),
            reset=max(1, ceil(start + WINDOW - now)),
            reset_at=ceil(start + WINDOW),
            exceeded=used >= self.limit,
        )

    def _drop_old(self, now: float) -> None:
        for key, (start, _) in list(self._windows.items()):
            if now - start >= WINDOW:
                del self._windows[key]


def epoch_headers(allowance: Allowance) -> dict[str, str]:
    """Return headers with the rest of the rate; the reset is an epoch time."""
    return {
        "x-ratelimit-limit": str(allowance.limit),
        "x-ratelimit-remaining": str(allowance.remaining),
        "x-ratelimit-reset": str(allowance.reset_at),
    }
