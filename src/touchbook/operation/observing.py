"""Wraps every request with its id, its line in the log and its metrics."""

import re
from secrets import token_hex
from time import perf_counter
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from touchbook.operation.metrics import Metrics

REQUEST_ID = b"x-request-id"
# Unless an answer says otherwise: no browser guesses what it is, and no cache keeps it for another caller.
_CAREFUL = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
_SANE = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_LONGEST_PATH = 200
# Nothing was answered because nobody waited for it any more; nginx's number for it.
_CLIENT_GONE = 499
_log = structlog.get_logger()
_BROKEN = b'{"error":"Something went wrong on our side."}'


class Observing:
    """`scope["state"]` holds what is known of a request: `dialect`, `route` (the template), `caller`."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = perf_counter()
        request_id = _request_id(scope)
        clear_contextvars()
        bind_contextvars(request_id=request_id)
        scope.setdefault("state", {})
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                careful = (field for field in _CAREFUL if field[0] not in given)
                message["headers"] = [*message["headers"], *careful, (REQUEST_ID, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            _log.exception("request failed")
            if not status:
                await _send_broken(send_with_id)
        finally:
            self._note(scope, status or _CLIENT_GONE, perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        state: dict[str, Any] = scope["state"]
        dialect, route, caller = state.get("dialect", "none"), _route(scope), state.get("caller")
        self._metrics.count(dialect, scope["method"], route, status, seconds)
        _log.info(
            "request",
            method=scope["method"],
            path=scope["path"][:_LONGEST_PATH],
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            dialect=dialect,
            team=None if caller is None else caller.team_id,
            key=None if caller is None else caller.key_id,
        )


def _route(scope: Scope) -> str:
    """Return the template; an existing page is named by its path."""
    route: str = scope["state"].get("route") or (scope["path"] if "endpoint" in scope else "none")
    return route


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == REQUEST_ID and _SANE.fullmatch(value):
            sane: str = value.decode()
            return sane
    return token_hex(8)


async def _send_broken(send: Send) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_BROKEN)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": _BROKEN})
