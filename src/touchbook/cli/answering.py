"""The HTTP server of one process, on a socket that is bound already."""

import asyncio
import gc
import socket
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import cast

import uvicorn

from touchbook.cli.connection import Connection

REQUESTS_SECONDS = 4
# Of uvicorn's ticks, which come ten times a second.
_TICKS_A_SWEEP = 10


class HttpServer(uvicorn.Server):
    """Answers until `stop`, which is set as well when it ends.

    At most `connections` are open at once. It leaves signals to us: uvicorn's own handler would end the process
    while the database still runs.
    """

    def __init__(self, app: object, listener: socket.socket, stop: asyncio.Event, *, connections: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                http=partial(Connection, most=connections),  # type: ignore[arg-type]
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=REQUESTS_SECONDS,
            )
        )
        self._listener = listener
        self._stop = stop
        self._greet: Callable[[], None] = lambda: None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            spare_what_stands()
            self._greet()

    async def on_tick(self, counter: int) -> bool:
        if counter % _TICKS_A_SWEEP == 0:
            for connection in cast("set[Connection]", self.server_state.connections.copy()):
                connection.sweep()
        return await super().on_tick(counter)

    def capture_signals(self) -> nullcontext[None]:  # type: ignore[override]
        return nullcontext()

    def hurry(self) -> None:
        self.force_exit = True

    async def answer(self, greet: Callable[[], None]) -> bool:
        """Return False if it could not begin. `greet` once it listens."""
        self._greet = greet
        ending = asyncio.create_task(self._end())
        await self.serve(sockets=[self._listener])
        refused = not self.started and not self._stop.is_set()
        self._stop.set()
        await ending
        return not refused

    async def _end(self) -> None:
        await self._stop.wait()
        self.should_exit = True


def spare_what_stands() -> None:
    """Freeze all that was loaded before the first request, which stays as long as the process.

    A collection that looks through it takes tens of milliseconds, amid a request that makes many objects.
    """
    gc.collect()
    gc.freeze()
