"""Opens the database of the settings: the embedded one, or the one at TOUCHBOOK_DATABASE_URL."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import typer

from touchbook import __version__
from touchbook.config import Settings, default_data_dir
from touchbook.store.address import read_address
from touchbook.store.connecting import CANNOT_CONNECT, SECONDS, connect
from touchbook.store.embedded import open_embedded
from touchbook.store.errors import StoreError
from touchbook.store.places import has_database
from touchbook.store.postgres import NAME, Store, TimeLimits
from touchbook.store.revisions import newest_revision

OLDEST_VERSION = 150000
# What the database shows of a worker, before its version.
WORKER = f"{NAME} worker "
# For the answer to a question about the database itself.
PATIENCE = 10.0


@dataclass(frozen=True)
class Database:
    """`url` leads to the server itself, `serving_url` maybe to a pooler in front of it, for what answers requests.

    `bin_dir` holds PostgreSQL's programs, where it is known.
    """

    url: str
    bin_dir: Path | None
    serving_url: str


@dataclass(frozen=True)
class Condition:
    """The state of a database. `skew`: how far its clock is ahead of ours."""

    version: str
    version_number: int
    role: str
    is_superuser: bool
    revision: str | None
    extensions: frozenset[str]
    skew: timedelta


@contextmanager
def open_database(settings: Settings, *, may_make: bool = False, keep: bool = False) -> Iterator[Database]:
    """Start the embedded database if nobody has; the last user to close it stops it.

    With `keep` it is restarted if it ends meanwhile. Errors: StoreError if the data directory has none, unless it
    `may_make` one there; or if the address in the settings cannot be used.
    """
    if settings.database_url is not None:
        direct = settings.worker_database_url or settings.database_url
        read_address(settings.database_url)
        read_address(direct)
        yield Database(direct, settings.pg_bin, settings.database_url)
        return
    _check_former_directory(settings)
    if not may_make and not has_database(settings.data_dir):
        raise StoreError(
            f"There is no database in {settings.data_dir.absolute()}. Set the data directory with --data-dir or "
            "TOUCHBOOK_DATA_DIR, or create a new database with `touchbook serve`."
        )
    with open_embedded(settings.data_dir, settings.pg_bin, _report) as embedded:
        if keep:
            embedded.keep()
        yield Database(embedded.url, embedded.bin_dir, embedded.url)


def _check_former_directory(settings: Settings) -> None:
    """Earlier versions looked in the working directory; who has a database there is not given an empty one."""
    former = Path("data").absolute()
    is_usual = settings.data_dir == default_data_dir() != former
    if is_usual and not has_database(settings.data_dir) and has_database(former):
        raise StoreError(
            f"There is a database in {former}, but the data directory is {settings.data_dir}. "
            "Set the one you mean with --data-dir or TOUCHBOOK_DATA_DIR."
        )


async def open_serving_store(settings: Settings, url: str) -> Store:
    """Open a store for requests. Jobs have one of their own, without limits of time."""
    return await Store.open(
        url,
        size=settings.pool_size,
        pooled=settings.database_pooler == "transaction",
        command_timeout=settings.command_timeout,
        limits=TimeLimits(settings.statement_timeout, settings.lock_timeout),
    )


async def open_worker_store(settings: Settings, database: Database) -> Store:
    """Its connections show that a worker runs, and of which version: `touchbook doctor` asks for them."""
    return await Store.open(
        database.url,
        size=settings.pool_size,
        command_timeout=settings.command_timeout,
        name=f"{WORKER}{__version__}",
    )


def prepare(database: Database, *, may_migrate: bool) -> Condition:
    """Errors:

    StoreError unless the database is reachable, recent enough and at the newest revision. With `may_migrate` an
    empty or older one is migrated.
    """
    condition = examine(database)
    if condition.version_number < OLDEST_VERSION:
        raise StoreError(f"The database is PostgreSQL {condition.version}; Touchbook needs 15 or newer.")
    newest = newest_revision()
    if condition.revision == newest:
        return condition
    if not may_migrate:
        raise StoreError(
            f"The database is {_describe(condition.revision)}, but this version of Touchbook needs {newest}. "
            "Run `touchbook migrate` first."
        )
    bring_up_to_date(database)
    return condition


def bring_up_to_date(database: Database) -> tuple[str | None, str | None]:
    """Return the revision before and after."""
    from alembic.util import CommandError
    from sqlalchemy.exc import SQLAlchemyError

    from touchbook.store.migrating import migrate

    try:
        return asyncio.run(migrate(database.url))
    except CommandError as error:
        raise StoreError(
            f"The database cannot be migrated: {error}. It may belong to a newer version of Touchbook."
        ) from error
    except SQLAlchemyError as error:
        raise StoreError(f"The database cannot be migrated: {error.__cause__ or error}") from error


def _describe(revision: str | None) -> str:
    return f"at revision {revision}" if revision else "empty"


def examine(database: Database) -> Condition:
    return asyncio.run(_examine(database.url))


async def _examine(url: str) -> Condition:
    try:
        connection = await connect(read_address(url), command_timeout=PATIENCE)
        try:
            return await _ask(connection)
        finally:
            await connection.close()
    except CANNOT_CONNECT as error:
        why = " ".join(str(error).split()) or f"no answer within {SECONDS:.0f} s"
        raise StoreError(f"The database cannot be reached: {why}") from error


async def _ask(connection: asyncpg.Connection) -> Condition:
    row = await connection.fetchrow(
        """select current_setting('server_version') as version, current_user as role,
            current_setting('server_version_num')::int as version_number, clock_timestamp() as now,
            (select rolsuper from pg_roles where rolname = current_user) as is_superuser,
            to_regclass('alembic_version') is not null as has_revision,
            array(select extname::text from pg_extension) as extensions"""
    )
    assert row is not None
    revision = (
        await connection.fetchval("select version_num from alembic_version") if row["has_revision"] else None
    )
    return Condition(
        version=row["version"],
        version_number=row["version_number"],
        role=row["role"],
        is_superuser=row["is_superuser"],
        revision=revision,
        extensions=frozenset(row["extensions"]),
        skew=row["now"] - datetime.now(UTC),
    )


def _report(line: str) -> None:
    typer.echo(line, err=True)
