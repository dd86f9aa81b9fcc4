"""One server in a process of its own: `python -m benchmarks.serving NAME KIND ...`, told of the data on stdin. The
name is that of a side.

Its first line is its port. For each further line that it is sent it answers with the CPU time that it has used.
"""

import asyncio
import os
import resource
import sys
import threading
from collections.abc import Sequence
from typing import Any

import msgspec
import uvicorn
import uvloop

from benchmarks.data import Filled
from benchmarks.limit import open_limit
from benchmarks.replay import open_replay
from touchbook.app import build_app
from touchbook.cli.answering import spare_what_stands
from touchbook.config import Settings
from touchbook.operation.logs import set_up_logging
from touchbook.store.postgres import Store

_NO_END = 10**9


async def serve(name: str, filled: Filled, kinds: Sequence[str]) -> None:
    app: Any
    if name == "touchbook":
        app = await _open_touchbook(filled)
    else:
        app = await {"limit": open_limit, "replay": open_replay}[name](filled, kinds)
    config = uvicorn.Config(
        app,
        port=0,
        http="httptools",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on" if name == "touchbook" else "off",
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    spare_what_stands()
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    threading.Thread(target=_tell_usage, daemon=True).start()
    await running


async def _open_touchbook(filled: Filled) -> Any:
    """As `touchbook serve` runs it: key check, rate limiter, log and metrics on."""
    settings = Settings(rate_limit=_NO_END)
    return build_app(settings, await Store.open(filled.url, size=settings.pool_size))


def _tell_usage() -> None:
    for _ in sys.stdin:
        used = resource.getrusage(resource.RUSAGE_SELF)
        print(used.ru_utime + used.ru_stime, flush=True)


if __name__ == "__main__":
    told = msgspec.json.decode(sys.stdin.readline(), type=Filled)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        set_up_logging(Settings(), nowhere)
        uvloop.run(serve(sys.argv[1], told, sys.argv[2:]))
