"""Several processes that answer at one address: started, started again when one dies, and ended.

They share the listening socket, so that a connection which waits for one that died is taken by another.
"""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryDirectory

import structlog
from prometheus_client.multiprocess import mark_process_dead

from touchbook.cli.answering import REQUESTS_SECONDS
from touchbook.cli.process import Setup, encode
from touchbook.config import Settings
from touchbook.core.backoff import doubled
from touchbook.operation.metrics import SHARED

_END_SECONDS = REQUESTS_SECONDS + 3
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 10.0
_BACKLOG = 2048
_log = structlog.get_logger()


class Processes:
    """Processes that answer until `stop`. It is set as well if one of them ends before it ever answered."""

    def __init__(self, settings: Settings, url: str, listener: socket.socket, stop: asyncio.Event) -> None:
        self._setup = Setup(settings, url, listener.fileno())
        self._listener = listener
        self._stop = stop
        self._running: set[Process] = set()
        self._refused = False

    async def answer(self, greet: Callable[[], None]) -> bool:
        """Return False if they could not begin. `greet` once all answer."""
        self._listener.listen(_BACKLOG)
        count = self._setup.settings.processes
        answering = [asyncio.Event() for _ in range(count)]
        with TemporaryDirectory(prefix="touchbook-metrics-") as metrics:
            async with asyncio.TaskGroup() as group:
                for event in answering:
                    group.create_task(self._keep(event, metrics))
                greeting = group.create_task(self._greet(answering, greet))
                await self._stop.wait()
                greeting.cancel()
        return not self._refused

    def hurry(self) -> None:
        """End at once: requests in hand are not waited for."""
        for process in self._running:
            with suppress(ProcessLookupError):
                process.terminate()

    async def _greet(self, answering: list[asyncio.Event], greet: Callable[[], None]) -> None:
        for event in answering:
            await event.wait()
        greet()

    async def _keep(self, answering: asyncio.Event, metrics: str) -> None:
        """Start it, and start it again whenever it dies, more and more slowly if it dies at once."""
        loop, failures = asyncio.get_running_loop(), 0
        while not self._stop.is_set():
            began = loop.time()
            code = await self._run_one(answering, metrics)
            if self._stop.is_set():
                return
            if not answering.is_set():
                self._refused = True
                self._stop.set()
                return
            failures = failures + 1 if loop.time() - began < _LONGEST_PAUSE else 1
            _log.warning("process ended", code=code, failures=failures)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), doubled(_FIRST_PAUSE, _LONGEST_PAUSE, failures))

    async def _run_one(self, answering: asyncio.Event, metrics: str) -> int:
        """Return what it ended with; a negative number is a signal's."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "touchbook.cli.process"),
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, SHARED: metrics},
            pass_fds=(self._setup.listener,),
        )
        self._running.add(process)
        ended = asyncio.create_task(process.wait())
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            with suppress(ConnectionError):  # It has died already.
                process.stdin.write(encode(self._setup))
                await process.stdin.drain()
            ready = asyncio.create_task(process.stdout.readline())
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait([ready, ended, stopping], return_when=asyncio.FIRST_COMPLETED)
            if ready.done() and ready.result():
                answering.set()
            await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                await self._end(process, ended)
            for task in (ready, stopping):
                task.cancel()
            return await ended
        finally:
            self._running.discard(process)
            mark_process_dead(process.pid, metrics)  # type: ignore[no-untyped-call]

    async def _end(self, process: Process, ended: "asyncio.Task[int]") -> None:
        with suppress(ProcessLookupError):
            process.terminate()
            await asyncio.wait([ended], timeout=_END_SECONDS)
            if not ended.done():
                _log.warning("process killed", process=process.pid)
                process.kill()
