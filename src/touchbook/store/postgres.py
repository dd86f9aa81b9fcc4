"""PostgreSQL behind the core's protocol: the pool, reads, and the only place that commits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Self

import asyncpg
from msgspec import Struct

from touchbook.core.errors import Deadlocked, Unavailable
from touchbook.core.reactions import REACTIONS
from touchbook.core.transaction import Reader, Transaction
from touchbook.store.address import Address, read_address
from touchbook.store.connecting import SECONDS, connect
from touchbook.store.narrowing import narrow

Clock = Callable[[], datetime]
Witness = Callable[[str, Sequence[Any]], None]

SERVER_SETTINGS = {
    "application_name": "touchbook",
    "jit": "off",
    "timezone": "UTC",
}

_LOST = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.CannotConnectNowError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.TransactionRollbackError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.PostgresSystemError,
)
_OUT_OF_TIME = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError)
_LIFT_LIMITS = "set local statement_timeout = 0; set local lock_timeout = 0"
_MICROSECOND = timedelta(microseconds=1)


def utc_now() -> datetime:
    return datetime.now(UTC)


class TimeLimits(Struct, frozen=True):
    """The most seconds that a statement may run, and wait for a lock; None is no limit.

    They are set once for a connection. An unhurried transaction lifts them for itself.
    """

    statement: float | None = None
    lock: float | None = None

    @property
    def settings(self) -> dict[str, str]:
        given = {"statement_timeout": self.statement, "lock_timeout": self.lock}
        return {name: f"{seconds * 1000:.0f}" for name, seconds in given.items() if seconds is not None}


NO_LIMITS = TimeLimits()


class _Connection(asyncpg.Connection):
    def get_reset_query(self) -> str:
        """Nothing is ever set on a connection, so returning it to the pool needs no round trip."""
        return ""


class PostgresTransaction:
    """Reader and Transaction of the core. `witness` sees each statement (the isolation proof)."""

    reactions = REACTIONS

    def __init__(self, connection: Any, now: datetime, witness: Witness | None) -> None:
        self._connection = connection
        self._last_tick = now
        self._witness = witness
        self.now = now

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        rows: Sequence[Any] = await self._connection.fetch(*self._as_sent(sql, args))
        return rows

    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Any]:
        """PostgreSQL plans a prepared statement without its values from the sixth time on."""
        self._show(sql, args)
        # A statement prepared anew is planned with its values; `fetch` would reuse the generic plan. One without a
        # name gives way to the next; one with a name would have to be closed.
        prepared = await self._connection.prepare(sql, name="")
        rows: Sequence[Any] = await prepared.fetch(*args)
        return rows

    async def fetch_row(self, sql: str, *args: Any) -> Any:
        return await self._connection.fetchrow(*self._as_sent(sql, args))

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        return await self._connection.fetchval(*self._as_sent(sql, args))

    async def execute(self, sql: str, *args: Any) -> int:
        tag: str = await self._connection.execute(*self._as_sent(sql, args))
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    async def copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        self._show(f"copy {table} ({', '.join(columns)}) from stdin", ())
        await self._connection.copy_records_to_table(table, columns=columns, records=rows)

    def tick(self) -> datetime:
        self._last_tick += _MICROSECOND
        return self._last_tick

    def _as_sent(self, sql: str, args: Sequence[Any]) -> tuple[Any, ...]:
        sql, args = narrow(sql, args)
        self._show(sql, args)
        return sql, *args

    def _show(self, sql: str, args: Sequence[Any]) -> None:
        if self._witness is not None:
            self._witness(sql, args)


class Store:
    """A pool of connections to one database."""

    def __init__(self, pool: Any, clock: Clock = utc_now, witness: Witness | None = None) -> None:
        self._pool = pool
        self.clock = clock
        self.witness = witness

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        size: int = 10,
        limits: TimeLimits = NO_LIMITS,
        clock: Clock = utc_now,
        witness: Witness | None = None,
    ) -> Self:
        """Errors: StoreError if `url` cannot be used. It does not connect yet."""
        pool = await asyncpg.create_pool(
            min_size=0,
            max_size=size,
            connect=partial(_connect, read_address(url)),
            connection_class=_Connection,
            server_settings=SERVER_SETTINGS | limits.settings,
            statement_cache_size=512,
            command_timeout=60,
        )
        return cls(pool, clock, witness)

    @property
    def pool(self) -> Any:
        """Give the pool to PgQueuer, which brings its own statements."""
        return self._pool

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        async with self._connection() as connection:
            yield PostgresTransaction(connection, self.clock(), self.witness)

    @asynccontextmanager
    async def transaction(self, *, unhurried: bool = False) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises; nothing else commits."""
        async with self._connection() as connection, connection.transaction():
            if unhurried:
                await connection.execute(_LIFT_LIMITS)
            yield PostgresTransaction(connection, self.clock(), self.witness)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        try:
            connection = await self._acquire()
            try:
                yield connection
            finally:
                await self._pool.release(connection)
        except asyncpg.DataError:  # an InterfaceError, but of what we sent: the same again would fail again
            raise
        except asyncpg.DeadlockDetectedError as deadlock:
            raise Deadlocked("The database was busy.") from deadlock
        except _OUT_OF_TIME as late:
            raise Unavailable("The request took too long and was ended. Nothing was changed.") from late
        except _LOST as lost:
            raise Unavailable("The database cannot be reached now.") from lost

    async def _acquire(self) -> Any:
        """Only a request that has to wait pays for a timer.

        Whatever the reason, a failed connection is Unavailable.
        """
        try:
            if self._pool.get_idle_size():
                return await self._pool.acquire()
            async with asyncio.timeout(SECONDS):
                return await self._pool.acquire()
        except asyncpg.PostgresError as refused:
            raise Unavailable("The database cannot be reached now.") from refused


async def _connect(address: Address, _dsn: None, **options: Any) -> Any:
    """Ignore the address that the pool passes on; it has none."""
    return await connect(address, **options)
