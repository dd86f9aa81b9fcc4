"""An ASGI application without any framework, over a pool of connections."""

import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg

from benchmarks.data import Filled
from benchmarks.noting import Asked
from touchbook.store.postgres import SERVER_SETTINGS

App = Callable[[Any, Any, Any], Awaitable[None]]
Answering = Callable[[Asked], Awaitable[bytes]]


async def open_pool(filled: Filled) -> Any:
    return await asyncpg.create_pool(
        filled.url,
        min_size=10,
        max_size=10,
        server_settings=SERVER_SETTINGS,
        statement_cache_size=512,
        reset=_kept,
    )


def bare_app(answer: Answering) -> App:
    """What fails here is a fault of the bench, and is to be seen."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        try:
            body = await _read(receive) if scope["method"] != "GET" else b""
            target = scope["raw_path"] + (b"?" + scope["query_string"] if scope["query_string"] else b"")
            await _send(send, await answer((scope["method"], target, body)))
        except Exception:
            traceback.print_exc(file=sys.stderr)
            raise

    return app


async def _kept(_connection: Any) -> None:
    """Like Touchbook's pool, no round trip when a connection comes back."""


async def _read(receive: Any) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return bytes(body)


async def _send(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
