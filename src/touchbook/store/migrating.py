"""Migrates a database to the newest revision, one process at a time."""

from functools import partial
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from touchbook.store.address import read_address
from touchbook.store.connecting import connect
from touchbook.store.errors import StoreError

_LOCK = 7_427_001
# Whoever waits for a table keeps all who come later waiting: better not to have begun.
_PATIENCE = "10s"


async def migrate(url: str, to: str = "head") -> tuple[str | None, str | None]:
    """Return the revision before and after. It runs under an advisory lock in one transaction: all or nothing.

    Errors: StoreError if somebody else uses a table that changes.
    """
    engine = _open(url)
    try:
        async with engine.begin() as connection:
            # A role may have a limit for the statements of requests.
            await connection.execute(text("set local statement_timeout = 0"))
            await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.execute(text(f"set local lock_timeout = '{_PATIENCE}'"))
            return await connection.run_sync(_upgrade, to)
    except asyncpg.LockNotAvailableError as error:
        raise StoreError(
            "The database is in use and was left as it is. Stop the servers, workers and backups that use it, and "
            "migrate again."
        ) from error
    finally:
        await engine.dispose()


async def revision_of(url: str) -> str | None:
    engine = _open(url)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(_revision)
    finally:
        await engine.dispose()


def newest_revision() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _upgrade(connection: Connection, to: str) -> tuple[str | None, str | None]:
    before = _revision(connection)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    return before, _revision(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _open(url: str) -> AsyncEngine:
    """SQLAlchemy must not parse the address: its connections are made here."""
    creator = partial(connect, read_address(url))
    return create_async_engine("postgresql+asyncpg://", async_creator=creator, poolclass=NullPool)
