"""PostgreSQL behind the core's protocol: the pool, reads, and the only place that commits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Self

import asyncpg
from msgspec import Struct

from touchbook.core.errors import Unavailable
from touchbook.core.transaction import Reactions, Reader, Transaction
from touchbook.store.address import read_address
from touchbook.store.clock import DatabaseClock
from touchbook.store.connecting import Connector, takes_standby
from touchbook.store.narrowing import narrow
from touchbook.store.outages import has_moved, outage_of
from touchbook.store.watching import Watch

Clock = Callable[[], datetime]
Witness = Callable[[str, Sequence[Any]], None]

NAME = "touchbook"
SERVER_SETTINGS = {
    "application_name": NAME,
    "jit": "off",
    "timezone": "UTC",
}
# The server gives up a client whose machine is gone within about ten seconds, and with it what it had locked.
_VANISHED_CLIENT = {
    "tcp_user_timeout": "10000",
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "2",
    "tcp_keepalives_count": "3",
}
_ACQUIRED_WITHIN = 10.0

_LIFT_LIMITS = "set local statement_timeout = 0; set local lock_timeout = 0"
_MICROSECOND = timedelta(microseconds=1)


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

    def __init__(self, connection: Any, now: datetime, witness: Witness | None) -> None:
        self._connection = connection
        self._last_tick = now
        self._witness = witness
        self.now = now

    @property
    def reactions(self) -> Reactions:
        # They are the whole core: what only reads, such as most commands, does without.
        from touchbook.core.reactions import REACTIONS

        return REACTIONS

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
    """A pool of connections to one database. If `pooled`, a pooler lends us its own, for a transaction each."""

    def __init__(
        self, pool: Any, clock: Clock | None = None, witness: Witness | None = None, *, pooled: bool = False
    ) -> None:
        self._pool = pool
        self._pooled = pooled
        self.clock = clock or DatabaseClock()
        self.witness = witness

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        size: int = 10,
        pooled: bool = False,
        command_timeout: float = 60.0,
        limits: TimeLimits = NO_LIMITS,
        clock: Clock | None = None,
        witness: Witness | None = None,
        name: str = NAME,
    ) -> Self:
        """Errors: StoreError if `url` cannot be used. It does not connect yet.

        `name` is what the database shows of its connections, unless the address gives them another.

        A statement that takes longer than `command_timeout` seconds is given up with its connection.
        """
        address = read_address(url)
        pool = await asyncpg.create_pool(
            min_size=0,
            max_size=size,
            connect=partial(_connect, Connector(address), takes_standby(address)),
            connection_class=_Connection,
            server_settings={}
            if pooled
            else {**SERVER_SETTINGS, **_VANISHED_CLIENT, **limits.settings, "application_name": name},
            statement_cache_size=0 if pooled else 512,
            command_timeout=command_timeout,
        )
        return cls(pool, clock, witness, pooled=pooled)

    @property
    def pool(self) -> Any:
        """Give the pool to those who acquire a connection for themselves."""
        return self._pool

    async def close(self) -> None:
        await self._pool.close()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        # A pooler sends a statement where it likes, unless it stands in a transaction.
        open_ = self._in_transaction if self._pooled else self.connection
        async with open_() as connection:
            yield await self._begin(connection)

    @asynccontextmanager
    async def transaction(self, *, unhurried: bool = False) -> AsyncIterator[Transaction]:
        """Commit when the block ends, roll back when it raises; nothing else commits."""
        async with self._in_transaction() as connection:
            if unhurried:
                await connection.execute(_LIFT_LIMITS)
            yield await self._begin(connection)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Any]:
        """Lend a connection as it is. Errors: Unavailable, for whatever means that the database is away."""
        try:
            connection = await self._acquire()
            watch = Watch(connection)
            try:
                yield connection
            except BaseException as error:
                await self._part_with(connection, error, silent=watch.silent)
                raise
            finally:
                try:
                    await self._pool.release(connection)
                finally:
                    watch.end()
        except Exception as error:
            outage = outage_of(error)
            if outage is None:
                raise
            raise outage from error

    @asynccontextmanager
    async def _in_transaction(self) -> AsyncIterator[Any]:
        async with self.connection() as connection:
            # A transaction's own statements come first: some are refused after any other.
            if not self._pooled:
                await self._follow_clock(connection)
            async with connection.transaction():
                try:
                    yield connection
                except TimeoutError:
                    # Who did not answer this will not answer a rollback.
                    connection.terminate()
                    raise

    async def _follow_clock(self, connection: Any) -> None:
        if isinstance(self.clock, DatabaseClock):
            await self.clock.follow(connection)

    async def _begin(self, connection: Any) -> PostgresTransaction:
        await self._follow_clock(connection)
        return PostgresTransaction(connection, self.clock(), self.witness)

    async def _part_with(self, connection: Any, error: BaseException, *, silent: bool) -> None:
        if silent or has_moved(error):
            # Those that rest lead to the same server, and each would be waited for in its turn.
            await self._pool.expire_connections()
        if silent or has_moved(error) or isinstance(error, TimeoutError):
            with suppress(asyncpg.InterfaceError):  # It is ended already.
                connection.terminate()

    async def _acquire(self) -> Any:
        """Only a request that has to wait pays for a timer.

        Whatever the reason, a failed connection is Unavailable.
        """
        try:
            if self._pool.get_idle_size():
                return await self._pool.acquire()
            async with asyncio.timeout(_ACQUIRED_WITHIN):
                return await self._pool.acquire()
        except asyncpg.PostgresError as refused:
            raise Unavailable("The database cannot be reached now.") from refused


async def _connect(connector: Connector, takes_standby: bool, _dsn: None, **options: Any) -> Any:
    """Ignore the address that the pool passes on; it has none. A standby is refused: it takes no writes."""
    connection = await connector.connect(**options)
    if not takes_standby and getattr(connection.get_settings(), "in_hot_standby", "off") == "on":
        connection.terminate()
        raise asyncpg.TargetServerAttributeNotMatched("The server is a standby.")
    return connection
