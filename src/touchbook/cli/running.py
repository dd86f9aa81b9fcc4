"""Wraps the work of every command: settings, database, and errors in one line."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import asyncpg
import typer
from typer.core import TyperGroup

from touchbook.cli.database import Condition, Database, open_database, prepare
from touchbook.config import Settings, SettingsError, load_settings
from touchbook.core.errors import TouchbookError
from touchbook.store.errors import StoreError
from touchbook.store.postgres import Store, TimeLimits

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="The data directory (else TOUCHBOOK_DATA_DIR, else ./data).", show_default=False
    ),
]
TeamName = Annotated[str, typer.Option("--team", help="The team's name.")]

T = TypeVar("T")


class Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (SettingsError, StoreError, TouchbookError, UnicodeEncodeError) as error:
            _fail(str(error) or type(error).__name__, error)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError) as error:
            _fail(f"The database refused: {' '.join(str(error).split())}", error)
        except BrokenPipeError:
            raise
        except OSError as error:
            _fail(f"{error.filename or 'The system'}: {error.strerror or error}.", error)


def _fail(message: str, error: Exception) -> NoReturn:
    warn(message)
    raise typer.Exit(1) from error


def warn(message: str) -> None:
    typer.echo(f"touchbook: {message}", err=True)


def heed_termination() -> None:
    """End a command on SIGTERM as on Ctrl-C: what it opened is closed."""

    def end(number: int, frame: object) -> NoReturn:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, end)


def with_store(data_dir: Path | None, work: Callable[[Store], Awaitable[T]], *, may_migrate: bool = False) -> T:
    """Run `work` on the database of the settings, which is at its newest revision then."""
    settings = load_settings(data_dir=data_dir)
    with open_database(settings, may_make=may_migrate) as database:
        prepare(database, may_migrate=may_migrate)
        return asyncio.run(_work(settings, database, work))


async def _work(settings: Settings, database: Database, work: Callable[[Store], Awaitable[T]]) -> T:
    store = await Store.open(database.url, size=min(settings.pool_size, 2))
    try:
        return await work(store)
    finally:
        await store.close()


async def open_request_store(settings: Settings, url: str) -> Store:
    """Open a store for requests. Jobs have one of their own, without limits of time."""
    limits = TimeLimits(settings.statement_timeout, settings.lock_timeout)
    return await Store.open(url, size=settings.pool_size, limits=limits)


def warn_of_superuser(condition: Condition) -> None:
    if condition.is_superuser:
        warn(
            f"the database role {condition.role} is a superuser. Touchbook only needs to own its "
            "database. Set another role in TOUCHBOOK_DATABASE_URL."
        )
