"""Ends the work for a client that is gone."""

import asyncio
from types import TracebackType

from starlette.types import Receive

# A shorter request is not worth a look; most are.
LOOKED_AFTER = 0.25


class Disconnected(Exception):
    """Nobody waits for the answer."""


class Disconnects:
    """Watches the clients of requests that take longer than LOOKED_AFTER, by one timer for all of them."""

    def __init__(self) -> None:
        self._works: dict[Work, None] = {}
        self._timed = False

    def watch(self, receive: Receive) -> "Work":
        """`receive` must have nobody else who calls it while the block runs."""
        return Work(self, receive)

    def begin(self, work: "Work") -> None:
        self._works[work] = None
        if not self._timed:
            self._look_later()

    def end(self, work: "Work") -> None:
        self._works.pop(work, None)

    def _look_later(self) -> None:
        self._timed = True
        asyncio.get_running_loop().call_later(LOOKED_AFTER, self._look)

    def _look(self) -> None:
        self._timed = False
        for work in self._works:
            work.look()
        if self._works:
            self._look_later()


class Work:
    """Ends what the block awaits, and raises Disconnected from it, if the client goes before `finish`."""

    __slots__ = ("_disconnects", "_gone", "_receive", "_seen", "_task", "_watching")

    def __init__(self, disconnects: Disconnects, receive: Receive) -> None:
        self._disconnects = disconnects
        self._receive = receive
        self._task: asyncio.Task[object] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._seen = False
        self._gone = False

    def __enter__(self) -> "Work":
        self._task = asyncio.current_task()
        self._disconnects.begin(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.finish()
        if self._gone and self._task and self._task.uncancel() == 0 and kind is asyncio.CancelledError:
            raise Disconnected from error

    def finish(self) -> None:
        """From here on the work is done whether or not anybody waits for it."""
        self._disconnects.end(self)
        if self._watching:
            self._watching.cancel()

    def look(self) -> None:
        """Begin to watch at the second look: then it has run for some time."""
        if self._seen and not self._watching:
            self._watching = asyncio.create_task(self._wait_for_disconnect())
        self._seen = True

    async def _wait_for_disconnect(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone = True
        if self._task:
            self._task.cancel()
