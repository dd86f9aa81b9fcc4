"""Restarts the server when it has ended: killed, crashed, or short of memory."""

import time
from collections.abc import Callable
from threading import Event, Thread

import structlog

from touchbook.core.backoff import doubled
from touchbook.store.errors import StoreError
from touchbook.store.processes import Server

Start = Callable[[Event], Server]

_GLANCE_SECONDS = 0.25
_STEADY_SECONDS = 60.0
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 15.0
_log = structlog.get_logger()


class Keeper:
    """A thread that watches `server` until `end`. `start` may find that another user was quicker."""

    def __init__(self, server: Server, start: Start) -> None:
        self._server = server
        self._start = start
        self._stop = Event()
        self._failures = 0
        self._thread = Thread(target=self._keep, name="database", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop watching; a start in progress is abandoned."""
        self._stop.set()
        self._thread.join()

    def _keep(self) -> None:
        begun = time.monotonic()
        while not self._stop.wait(_GLANCE_SECONDS):
            if self._server.runs():
                continue
            ended = time.monotonic()
            self._failures = 1 if ended - begun > _STEADY_SECONDS else self._failures + 1
            _log.error("database ended", pid=self._server.pid)
            while not self._stop.wait(doubled(_FIRST_PAUSE, _LONGEST_PAUSE, self._failures)):
                if self._restart():
                    begun = time.monotonic()
                    seconds = round(begun - ended, 3)
                    _log.warning("database runs again", pid=self._server.pid, seconds=seconds)
                    break
                self._failures += 1

    def _restart(self) -> bool:
        try:
            self._server = self._start(self._stop)
        except (StoreError, OSError) as error:
            if not self._stop.is_set():
                _log.error("database not started again", error=str(error), failures=self._failures)
            return False
        return True
