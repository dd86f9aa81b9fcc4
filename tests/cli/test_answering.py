"""The HTTP server of one process."""

import asyncio
import gc
import socket

from starlette.applications import Starlette

from touchbook.cli.answering import HttpServer


async def test_collections_spare_what_stands_when_it_begins() -> None:
    stop, frozen = asyncio.Event(), []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = HttpServer(Starlette(), listener, stop, connections=10)

        def greet() -> None:
            frozen.append(gc.get_freeze_count())
            stop.set()

        before = gc.get_freeze_count()
        try:
            assert await server.answer(greet)
        finally:
            gc.unfreeze()
    assert frozen[0] > before
