import asyncio

import typer
import uvloop

from touchbook.cli.database import Database, open_database, open_worker_store, prepare
from touchbook.cli.running import DataDir, warn_of_superuser
from touchbook.cli.stopping import EarlyStop, finish, stop_on_signals
from touchbook.config import Settings, load_settings
from touchbook.operation.logs import set_up_logging
from touchbook.store.files import open_storage
from touchbook.store.postgres import Store

FINISH_SECONDS = 5.0


def worker(data_dir: DataDir = None) -> None:
    """Run the jobs that are due, beside a server that does not (serve --no-worker)."""
    settings = load_settings(data_dir=data_dir)
    set_up_logging(settings)
    early = EarlyStop()
    with open_database(settings, keep=True) as database:
        early.heed()
        warn_of_superuser(prepare(database, may_migrate=False))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_work(settings, database, early))


async def _work(settings: Settings, database: Database, early: EarlyStop) -> None:
    store = await open_worker_store(settings, database)
    stop = asyncio.Event()
    try:
        with stop_on_signals(stop):
            if early.asked:
                return
            working = start_worker(store, settings, stop)
            typer.echo("The worker is running. Press Ctrl-C to stop.")
            await stop.wait()
            await finish(working, FINISH_SECONDS)
    finally:
        await store.close()


def start_worker(store: Store, settings: Settings, stop: asyncio.Event) -> asyncio.Task[None]:
    """Run until `stop`, which the worker sets itself if it ends earlier."""
    from touchbook.jobs.worker import run_worker

    working = asyncio.create_task(
        run_worker(store, stop=stop, event_days=settings.event_days, storage=open_storage(settings))
    )
    working.add_done_callback(lambda _: stop.set())
    return working
