"""Tells the time of the database, which decides what is due, kept or expired; no machine's own clock does."""

import time
from datetime import datetime, timedelta
from typing import Any

# It goes on while the machine sleeps, and nobody can set it.
_STEADY = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
_GOOD_FOR = timedelta(seconds=30)


class DatabaseClock:
    """One reading of the database's clock, and what has passed since.

    A reading counts from the instant at which it arrived, so that the time told is late by what the answer took at
    most, and never early.
    """

    def __init__(self) -> None:
        self._reading: datetime | None = None
        self._arrived = timedelta()

    def __call__(self) -> datetime:
        """Return the time of the database. It was read before (`follow`)."""
        assert self._reading is not None
        return self._reading + (_passed() - self._arrived)

    async def follow(self, connection: Any) -> None:
        """Read the clock of the database if that is half a minute ago."""
        if self._reading is None or _passed() - self._arrived > _GOOD_FOR:
            asked = _passed()
            self._take(await connection.fetchval("select clock_timestamp()"), _passed() - asked)

    def _take(self, reading: datetime, took: timedelta) -> None:
        """Go on as before if that agrees with the reading, so that time does not go back by milliseconds."""
        told = self() if self._reading is not None else None
        self._arrived = _passed()
        self._reading = told if told is not None and reading <= told <= reading + took else reading


def _passed() -> timedelta:
    return timedelta(seconds=time.clock_gettime(_STEADY))
