"""A real server for an application of a test's own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from tests.counting import count_requests
from touchbook.cli.connection import Connection
from touchbook.core.files.filing import Filing
from touchbook.core.files.linking import Links
from touchbook.http.admission import Admission
from touchbook.http.credentials import Credentials
from touchbook.http.limiting import RateLimit
from touchbook.http.serving import Server
from touchbook.store.files import Directory
from touchbook.store.postgres import Store


def bare_server(store: Store) -> Server:
    """For dialects of a test's own, which have no files."""
    filing = Filing(store, Directory(Path("/nowhere")), Links(lambda: ["s" * 32]), 1)
    return Server(store, Credentials(store), RateLimit(None), filing, Admission(10))


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Its address, while it runs."""
    config = uvicorn.Config(
        count_requests(app),
        http=partial(Connection, most=1000),  # type: ignore[arg-type]
        port=0,
        log_config=None,
        lifespan="off",
        access_log=False,
        timeout_graceful_shutdown=5,
    )
    running = uvicorn.Server(config)
    task = asyncio.create_task(running._serve())
    while not running.started:
        await asyncio.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        await task
