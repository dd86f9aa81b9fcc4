"""Wraps the work of every command: settings, database, and errors in one line."""

import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from touchbook.cli.database import Condition, Database
    from touchbook.config import Settings
    from touchbook.store.postgres import Store

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="The data directory. Default: TOUCHBOOK_DATA_DIR, then STATE_DIRECTORY, then data in a clone, then "
        "touchbook in the user's data home (~/.local/share).",
        show_default=False,
    ),
]
TeamName = Annotated[str, typer.Option("--team", help="The team's name.")]

STOPS = (signal.SIGINT, signal.SIGTERM)

T = TypeVar("T")


def explain(error: Exception) -> str | None:
    """Return what went wrong in a line, or None if that needs a traceback."""
    import asyncpg

    from touchbook.config import SettingsError
    from touchbook.core.errors import TouchbookError
    from touchbook.store.errors import StoreError

    if isinstance(error, SettingsError | StoreError | TouchbookError | UnicodeEncodeError):
        return str(error) or type(error).__name__
    if isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | asyncpg.InternalClientError):
        return f"The database refused: {' '.join(str(error).split())}"
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return f"{error.filename or 'The system'}: {error.strerror or error}."
    return None


def warn(message: str) -> None:
    typer.echo(f"touchbook: {message}", err=True)


def hint(message: str) -> None:
    """Tell a person what came of a command and what is next; standard output is left to programs."""
    typer.echo(message, err=True)


def heed_termination() -> None:
    """End a command on SIGTERM and Ctrl-C alike: what it opened is closed, and nothing is said."""

    def end(number: int, frame: object) -> NoReturn:
        # It interrupts whatever is being done, and who asked for that need not read what it was.
        logging.disable()
        sys.unraisablehook = lambda _: None
        sys.exit(128 + number)

    for number in STOPS:
        signal.signal(number, end)


def with_store(data_dir: Path | None, work: "Callable[[Store], Awaitable[T]]", *, may_migrate: bool = False) -> T:
    """Run `work` on the database of the settings, which is at its newest revision then."""
    import asyncio

    from touchbook.cli.database import open_database, prepare
    from touchbook.config import load_settings
    from touchbook.operation.logs import set_up_logging

    settings = load_settings(data_dir=data_dir)
    set_up_logging(settings)
    with open_database(settings, may_make=may_migrate) as database:
        prepare(database, may_migrate=may_migrate)
        return asyncio.run(_work(settings, database, work))


async def _work(settings: "Settings", database: "Database", work: "Callable[[Store], Awaitable[T]]") -> T:
    from touchbook.store.postgres import Store

    store = await Store.open(database.url, size=min(settings.pool_size, 2))
    try:
        return await work(store)
    finally:
        await store.close()


def warn_of_superuser(condition: "Condition") -> None:
    if condition.is_superuser:
        warn(
            f"the database role {condition.role} is a superuser. Touchbook only needs to own its "
            "database. Set another role in TOUCHBOOK_DATABASE_URL."
        )
