"""Bounds the bytes of bodies that one process holds at once, for a key and in all."""

from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from starlette.datastructures import Headers
from starlette.types import Message, Receive

from touchbook.core.errors import Unavailable
from touchbook.http.bodies import LARGEST_BODY, declared_size

# A body counts as many bytes as have come; a large one, or a file on its way, all that it can take.
LARGE = 16 * 1024 * 1024
# Small ones may have as much as another large one: they need not wait for large ones.
MOST_OF_A_KEY = 4 * LARGE
MOST_IN_ALL = 16 * LARGE


class Buffers:
    def __init__(self) -> None:
        self.held: Counter[Hashable] = Counter()

    @contextmanager
    def bound(self, receive: Receive, headers: Headers, key: Hashable) -> Iterator[Receive]:
        """Count what is received for `key` until the block ends. Unavailable if too much is held already."""
        body = _Body(self, receive, key, is_large=declared_size(headers) > LARGEST_BODY)
        try:
            yield body.receive
        finally:
            self._add(key, -body.counted)

    def reserve(self, key: Hashable, size: int, *, spare: int) -> None:
        of_key, in_all = self.held[key] + size, self.held.total() + size
        if size and (of_key > MOST_OF_A_KEY + spare or in_all > MOST_IN_ALL + spare):
            raise Unavailable("Too many large bodies are sent at once.")
        self._add(key, size)

    def _add(self, key: Hashable, size: int) -> None:
        self.held[key] += size
        if not self.held[key]:
            del self.held[key]


class _Body:
    def __init__(self, buffers: Buffers, receive: Receive, key: Hashable, *, is_large: bool) -> None:
        self._buffers = buffers
        self._receive = receive
        self._key = key
        self._is_large = is_large
        self._size = 0
        self.counted = 0

    async def receive(self) -> Message:
        # What is known to be large waits in the network, not here.
        self._count()
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._count()
        return message

    def _count(self) -> None:
        self._is_large = self._is_large or self._size > LARGEST_BODY
        counts, spare = (LARGE, 0) if self._is_large else (self._size, LARGE)
        self._buffers.reserve(self._key, counts - self.counted, spare=spare)
        self.counted = counts
