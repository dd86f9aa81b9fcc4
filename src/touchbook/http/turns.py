"""Repeats of one request wait for each other here, before they take a connection from the pool."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """One at a time for each key; a waiting request holds nothing that others need."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def of(self, key: Hashable | None) -> AsyncIterator[None]:
        """Wait for earlier requests with `key`; None does not wait."""
        if key is None:
            yield
            return
        lock, waiting = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            self._leave(key)

    def _leave(self, key: Hashable) -> None:
        lock, waiting = self._locks.pop(key)
        if waiting > 1:
            self._locks[key] = (lock, waiting - 1)
