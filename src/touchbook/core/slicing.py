"""Long work in slices, between which other requests have their turn."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


async def in_slices(items: Sequence[Item], size: int) -> AsyncIterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        if start:
            # Give way to other requests: a large import must not stop the server for seconds.
            await asyncio.sleep(0)
        yield items[start : start + size]
