"""One of several processes that answer at one address; `processes.py` starts it.

Its standard input has one line, how it is to be set up, and ends with the process that wrote it. It prints one
line when it answers.
"""

import asyncio
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Struct

from touchbook.cli.answering import HttpServer
from touchbook.cli.running import open_request_store
from touchbook.cli.stopping import stop_on_signals
from touchbook.config import Settings
from touchbook.operation.logs import set_up_logging


class Setup(Struct, frozen=True):
    """`listener` is the descriptor of the bound socket."""

    settings: Settings
    url: str
    listener: int


def encode(setup: Setup) -> bytes:
    return msgspec.json.encode(setup, enc_hook=str) + b"\n"


def _decode(line: bytes) -> Setup:
    def convert(kind: type, value: Any) -> Any:
        return kind(value) if kind is Path else value

    return msgspec.json.decode(line, type=Setup, dec_hook=convert)


def main() -> None:
    # Ctrl-C reaches every process of a terminal; the one that started this one decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    setup = _decode(sys.stdin.buffer.readline())
    set_up_logging(setup.settings, name_process=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        began = runner.run(_answer(setup))
    sys.exit(0 if began else 1)


async def _answer(setup: Setup) -> bool:
    from touchbook.app import build_app

    stop = asyncio.Event()
    store = await open_request_store(setup.settings, setup.url)
    try:
        server = HttpServer(build_app(setup.settings, store), socket.socket(fileno=setup.listener), stop)
        with stop_on_signals(stop, insist=server.hurry, signals=(signal.SIGTERM,)):
            asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stop.set)
            return await server.answer(lambda: print("ready", flush=True))
    finally:
        await store.close()


if __name__ == "__main__":
    main()
