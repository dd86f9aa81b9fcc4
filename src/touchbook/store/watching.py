"""Gives up a connection whose server says nothing any more, without bounding what a living server may take.

A server that is frozen still acknowledges what it is sent, so that the socket does not notice.
"""

import asyncio
import contextlib
from typing import Any

import structlog

_LONG = 5.0
_PATIENCE = 5.0
# PostgreSQL answers it with one letter before anybody has said who he is.
_ASKS_FOR_TLS = bytes.fromhex("0000000804d2162f")
_log = structlog.get_logger()


class Watch:
    """Watches a connection until `end`: where its use takes long, the server is asked for a sign of life.

    `silent` says that the server gave none, and that the connection was ended for it.
    """

    def __init__(self, connection: Any) -> None:
        self.silent = False
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(_LONG, self._ask)
        self._asking: asyncio.Task[None] | None = None

    def end(self) -> None:
        self._timer.cancel()
        if self._asking is not None:
            self._asking.cancel()

    def _ask(self) -> None:
        self._asking = self._loop.create_task(self._give_up_if_silent())

    async def _give_up_if_silent(self) -> None:
        if await answers(self._connection._addr):
            self._timer = self._loop.call_later(_LONG, self._ask)
        else:
            _log.warning("database is silent", seconds=_LONG + _PATIENCE)
            self.silent = True
            self._connection.terminate()


async def answers(address: Any, *, seconds: float = _PATIENCE) -> bool:
    """Return whether the server lets anybody in. `address` is a host and a port, or the path of a socket."""
    try:
        async with asyncio.timeout(seconds):
            if isinstance(address, str):
                reader, writer = await asyncio.open_unix_connection(address)
            else:
                reader, writer = await asyncio.open_connection(*address)
            with contextlib.closing(writer):
                writer.write(_ASKS_FOR_TLS)
                return bool(await reader.read(1))
    except OSError:
        return False
