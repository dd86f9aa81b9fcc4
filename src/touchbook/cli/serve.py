import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer
import uvloop

from touchbook.cli.database import (
    Database,
    examine,
    open_database,
    open_serving_store,
    open_worker_store,
    prepare,
)
from touchbook.cli.running import DataDir, warn_of_superuser
from touchbook.cli.stopping import EarlyStop, finish, stop_on_signals
from touchbook.cli.worker import start_worker
from touchbook.config import Settings, SettingsError, load_settings
from touchbook.operation.logs import set_up_logging
from touchbook.store.errors import StoreError
from touchbook.store.postgres import Store
from touchbook.store.revisions import newest_revision

if TYPE_CHECKING:
    from touchbook.cli.answering import HttpServer
    from touchbook.cli.processes import Processes

_WORKER_SECONDS = 2.0


def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, show_default="8000", help="The port to listen on; 0 takes any free one."),
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Include a demonstration; only on this machine.")] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Do not run jobs; leave them to `touchbook worker`.")
    ] = False,
    no_migrate: Annotated[
        bool, typer.Option("--no-migrate", help="Refuse a database that is not at the newest revision.")
    ] = False,
    processes: Annotated[
        int | None,
        typer.Option(min=1, show_default="1", help="How many processes answer requests, at the one address."),
    ] = None,
    data_dir: DataDir = None,
) -> None:
    """Serve the APIs and run the jobs that are due."""
    settings = load_settings(data_dir=data_dir, host=host, port=port, processes=processes)
    if demo:
        _check_loopback(settings.host)
    set_up_logging(settings)
    early = EarlyStop()
    with _bind(settings) as listener, open_database(settings, may_make=True, keep=True) as database:
        early.heed()
        _prepare(database, no_migrate)
        early.heed()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_run(settings, database, listener, early, demo=demo, with_worker=not no_worker))


def _prepare(database: Database, no_migrate: bool) -> None:
    condition = examine(database)
    if no_migrate and condition.revision != newest_revision():
        raise StoreError(
            f"The database is at revision {condition.revision or 'none'}, this Touchbook needs "
            f"{newest_revision()}, and --no-migrate forbids a migration. Run `touchbook migrate`."
        )
    warn_of_superuser(prepare(database, may_migrate=True))


async def _run(
    settings: Settings,
    database: Database,
    listener: socket.socket,
    early: EarlyStop,
    *,
    demo: bool,
    with_worker: bool,
) -> None:
    """The jobs are run here, beside the requests or the processes that answer them."""
    store = await open_serving_store(settings, database.serving_url)
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop, insist=lambda: answering.hurry()):
            answering = _answering(settings, database, store, listener, stop)
            greeting = f"Touchbook serves {_url_of(listener)}"
            if demo:
                greeting = f"{greeting}\n{await _demonstrate(settings, store)}"
            if early.asked:
                stop.set()
            async with _working(settings, database, stop) if with_worker else nullcontext():
                began = stop.is_set() or await answering.answer(lambda: typer.echo(greeting))
    finally:
        await store.close()
    if not began:
        raise typer.Exit(1)


async def _demonstrate(settings: Settings, store: Store) -> str:
    from touchbook.cli.demo import introduce
    from touchbook.demonstration.credentials import FILE
    from touchbook.demonstration.demonstrating import demonstrate

    async with store.transaction() as tx:
        made = await demonstrate(tx, settings.data_dir)
    return f"{introduce(made)}\nThe credentials are in {settings.data_dir / FILE}. Press Ctrl-C to stop."


@asynccontextmanager
async def _working(settings: Settings, database: Database, stop: asyncio.Event) -> AsyncIterator[None]:
    """Jobs have connections of their own: without limits of time, and not through a pooler."""
    store = await open_worker_store(settings, database)
    working = start_worker(store, settings, stop)
    try:
        yield
        await finish(working, _WORKER_SECONDS)
    finally:
        await store.close()


def _answering(
    settings: Settings, database: Database, store: Store, listener: socket.socket, stop: asyncio.Event
) -> "HttpServer | Processes":
    if settings.processes > 1:
        from touchbook.cli.processes import Processes

        return Processes(settings, database.serving_url, listener, stop)
    from touchbook.app import build_app
    from touchbook.cli.answering import HttpServer

    return HttpServer(build_app(settings, store), listener, stop, connections=settings.connections)


def _check_loopback(host: str) -> None:
    """The e-mail addresses of the demonstration are public, so that only this machine may reach it."""
    for found in _resolve(host, 0):
        if not ipaddress.ip_address(found[4][0]).is_loopback:
            raise SettingsError(
                f"--demo is only available on this machine, but {host} can be reached from others. Use 127.0.0.1."
            )


@contextmanager
def _bind(settings: Settings) -> Iterator[socket.socket]:
    """Bind the port first, so that a port in use is reported before anything else happens."""
    family, kind, protocol, _, address = _resolve(settings.host, settings.port)[0]
    with closing(socket.socket(family, kind, protocol)) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
        except OSError as error:
            raise SettingsError(
                f"Port {settings.port} of {settings.host} is not available: {error.strerror}. "
                "Choose another one with --port."
            ) from error
        yield listener


def _resolve(host: str, port: int) -> list[tuple[int, int, int, str, tuple[str, int]]]:
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)  # type: ignore[return-value]
    except OSError as error:
        raise SettingsError(f"There is no address {host}: {error.strerror}.") from error


def _url_of(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
