"""The load: `python -m benchmarks.loading`, told by each line what to send, answers what it measured.

Some connections, kept alive, each of which sends its next request when it has its answer, until the time is over
and `least` are answered, and a whole number of times `together`.
"""

import asyncio
import sys
import time
from functools import partial
from itertools import cycle
from typing import cast

import msgspec
import uvloop
from msgspec import Struct

CONNECTIONS = 4
_PATIENCE = 60.0


class Load(Struct, frozen=True):
    port: int
    seconds: float
    requests: list[bytes]
    connections: int = CONNECTIONS
    least: int = 1
    together: int = 1


class Measured(Struct, frozen=True):
    """In seconds, sorted."""

    latencies: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        return self.latencies[min(len(self.latencies) - 1, int(len(self.latencies) * share))]


class _Client(asyncio.Protocol):
    def __init__(self, load: Load, first: int, until: float) -> None:
        self._requests = cycle(load.requests[first:] + load.requests[:first])
        self._load = load
        self._until = until
        self._buffer = b""
        self._sent = 0.0
        self.latencies: list[float] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("The server closed the connection."))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, end, body = self._buffer.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return
        if not head.startswith(b"HTTP/1.1 2"):
            self.done.set_exception(RuntimeError(f"Refused: {self._buffer.decode()}"))
            return
        self.latencies.append(time.perf_counter() - self._sent)
        self._buffer = b""
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        if self._sent < self._until or self._is_unfinished():
            self._transport.write(next(self._requests))
        elif not self.done.done():
            self.done.set_result(None)
            self._transport.close()

    def _is_unfinished(self) -> bool:
        answered = len(self.latencies)
        return answered < self._load.least or answered % self._load.together != 0


def _content_length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])


def _same(client: _Client) -> _Client:
    return client


async def put_load(load: Load) -> Measured:
    loop = asyncio.get_running_loop()
    start = time.perf_counter()
    clients = []
    for number in range(load.connections):
        client = _Client(load, number * 11 % len(load.requests), start + load.seconds)
        await loop.create_connection(partial(_same, client), "127.0.0.1", load.port)
        clients.append(client)
    async with asyncio.timeout(load.seconds + _PATIENCE):
        for client in clients:
            await client.done
    latencies = sorted(latency for client in clients for latency in client.latencies)
    return Measured(latencies, time.perf_counter() - start)


if __name__ == "__main__":
    for line in sys.stdin:
        told = msgspec.json.decode(line, type=Load)
        print(msgspec.json.encode(uvloop.run(put_load(told))).decode(), flush=True)
