"""What a request sends to the database: noted once, run any number of times, with new uids and ids each time."""

from collections.abc import AsyncIterator, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from operator import itemgetter
from typing import Any, Literal
from unittest import mock
from uuid import UUID

import msgspec
import uuid_utils.compat
from msgspec import Struct

from touchbook.core.transaction import Reader, Transaction
from touchbook.store.narrowing import narrow
from touchbook.store.postgres import PostgresTransaction, Store

# From one table's ids to the next one's.
_APART = 10**12


class Statement(Struct, frozen=True):
    """`given` are the ids of the rows that it inserted when it was noted."""

    sql: str
    args: Sequence[Any]
    way: Literal["kept", "afresh", "executed"]
    given: list[int] = []

    async def run(self, connection: Any, args: Sequence[Any] | None = None) -> Sequence[Any]:
        """Planned as Touchbook has it planned."""
        rows: Sequence[Any] = ()
        args = self.args if args is None else args
        if self.way == "executed":
            await connection.execute(self.sql, *args)
        elif self.way == "afresh":
            rows = await (await connection.prepare(self.sql)).fetch(*args)
        else:
            rows = await connection.fetch(self.sql, *args)
        return rows


Renewing = Callable[[Mapping[Any, Any]], Any]


class Script:
    """`made` are the uids that were new when the statements were noted."""

    def __init__(self, statements: Sequence[Statement], made: set[UUID]) -> None:
        self._made = made
        fresh: set[Any] = made | {str(uid) for uid in made}
        self._steps = []
        for statement in statements:
            self._steps.append((statement, _renewing(statement.args, fresh)))
            fresh |= set(statement.given)

    async def run(self, connection: Any) -> None:
        new: dict[Any, Any] = {}
        for uid in self._made:
            new[uid] = uuid_utils.compat.uuid7()
            new[str(uid)] = str(new[uid])
        for statement, renewing in self._steps:
            rows = await statement.run(connection, renewing(new) if renewing else None)
            if statement.given:
                new |= zip(statement.given, (row["id"] for row in rows), strict=True)


def _renewing(noted: Any, fresh: set[Any]) -> Renewing | None:
    """How to make what was noted anew, what stands in JSON too; None if nothing in it is to be new."""
    if isinstance(noted, str) and noted[:1] in ("[", "{"):
        return _renewing_json(noted, fresh)
    if isinstance(noted, Mapping):
        members = [(name, _renewing(value, fresh)) for name, value in noted.items()]
        named = [(name, renewing) for name, renewing in members if renewing]
        return (lambda new: {**noted, **{name: renewing(new) for name, renewing in named}}) if named else None
    if isinstance(noted, (list, tuple)):
        parts = [_renewing(part, fresh) for part in noted]
        pairs = list(zip(noted, parts, strict=True))
        return (
            (lambda new: [renewing(new) if renewing else part for part, renewing in pairs]) if any(parts) else None
        )
    return itemgetter(noted) if isinstance(noted, Hashable) and noted in fresh else None


def _renewing_json(noted: str, fresh: set[Any]) -> Renewing | None:
    try:
        renewing = _renewing(msgspec.json.decode(noted), fresh)
    except msgspec.DecodeError:
        return None
    return (lambda new: msgspec.json.encode(renewing(new)).decode()) if renewing else None


class NotingStore(Store):
    """Notes the statements of its transactions, which all stand in one that is undone: no list grows by them."""

    @asynccontextmanager
    async def noting(self) -> AsyncIterator[None]:
        self.noted: list[Statement] = []
        async with self.connection() as self._at:
            await self._begin(self._at)
            undone = self._at.transaction()
            await undone.start()
            try:
                yield
            finally:
                await undone.rollback()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        yield _NotingTransaction(self._at, self)

    @asynccontextmanager
    async def transaction(self, *, unhurried: bool = False) -> AsyncIterator[Transaction]:
        async with self._at.transaction():
            yield _NotingTransaction(self._at, self)


class _NotingTransaction(PostgresTransaction):
    def __init__(self, connection: Any, store: NotingStore) -> None:
        super().__init__(connection, store.clock(), None)
        self._noted = store.noted

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        rows = await super().fetch(sql, *args)
        self._noted.append(Statement(*narrow(sql, args), "kept", _given(sql, rows)))
        return rows

    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Any]:
        self._noted.append(Statement(sql, args, "afresh"))
        return await super().fetch_afresh(sql, *args)

    async def fetch_row(self, sql: str, *args: Any) -> Any:
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, *args: Any) -> Any:
        row = await self.fetch_row(sql, *args)
        return row[0] if row else None

    async def execute(self, sql: str, *args: Any) -> int:
        self._noted.append(Statement(*narrow(sql, args), "executed"))
        return await super().execute(sql, *args)


def _given(sql: str, rows: Sequence[Any]) -> list[int]:
    return [row["id"] for row in rows if "id" in row] if "insert into" in sql else []


@contextmanager
def noting_uids() -> Iterator[set[UUID]]:
    """The uids that are made meanwhile."""
    made: set[UUID] = set()
    make = uuid_utils.compat.uuid7

    def noted() -> UUID:
        made.add(uid := make())
        return uid

    with mock.patch("uuid_utils.compat.uuid7", noted):
        yield made


async def move_ids_apart(connection: Any) -> None:
    """No new id of one table is then one of another: what an id was given by can be told by the number alone."""
    await connection.execute(
        """select setval(format('%I.%I', s.schemaname, s.sequencename)::regclass, s.number * $1::bigint)
        from (select q.*, row_number() over (order by q.sequencename) as number from pg_sequences q
            where q.schemaname = 'public' and q.data_type = 'bigint'::regtype) s
        where coalesce(s.last_value, 0) < s.number * $1::bigint""",
        _APART,
    )
