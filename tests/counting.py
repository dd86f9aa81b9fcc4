"""The statements of a test's own requests and calls, whatever else the process does meanwhile.

Workers and upkeep come when they come, and a key is looked up anew when some seconds have passed: on a busy
machine in the middle of any request. They are told apart by who sends a statement, not by its text.
"""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

_KEY_CHECK = "touchbook.http.credentials"


class Count:
    """What was sent since it was last taken, by requests that came since the count began and by its own task."""

    def __init__(self) -> None:
        self.task = asyncio.current_task()
        self.sent: list[str] = []

    def take(self) -> list[str]:
        sent, self.sent = self.sent, []
        return sent

    def __call__(self) -> int:
        return len(self.take())


_running: list[Count] = []
_request: ContextVar[Count | None] = ContextVar("request", default=None)


@contextmanager
def counting() -> Iterator[Count]:
    """Opened in the test itself: what it asks of the core counts as what it asks by HTTP."""
    count = Count()
    _running.append(count)
    try:
        yield count
    finally:
        _running.remove(count)


def count_requests(app: ASGIApp) -> ASGIApp:
    """Every server of the tests stands behind this: a request belongs to the count in which it came."""

    async def counted(scope: Scope, receive: Receive, send: Send) -> None:
        _request.set(_running[-1] if _running else None)
        await app(scope, receive, send)

    return counted


def count_statement(sql: str) -> None:
    """Called for each statement before it is sent, by whoever sends it."""
    for count in _running:
        if (_request.get() is count or asyncio.current_task() is count.task) and not _checks_key():
            count.sent.append(sql)


def _checks_key() -> bool:
    frame: Any = sys._getframe(2)
    while frame is not None:
        if frame.f_globals.get("__name__") == _KEY_CHECK:
            return True
        frame = frame.f_back
    return False
