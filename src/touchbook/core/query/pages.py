"""Reads the rows of a query schema: a page of a list, their number, or single rows by id."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, NamedTuple

from touchbook.core.caller import Caller
from touchbook.core.query.conditions import Condition, visible_rows
from touchbook.core.query.day_starts import bind_days
from touchbook.core.query.keys import Key, keys_of, split_beyond
from touchbook.core.query.merging import Stretch, merge
from touchbook.core.query.schema import AccessPath, IndexRange, QuerySchema, Record
from touchbook.core.query.where import Where, bind_owner
from touchbook.core.query.windows import Order, Page, Window
from touchbook.core.transaction import Reader


async def fetch_page(
    reader: Reader,
    caller: Caller,
    schema: QuerySchema[Record],
    conditions: Sequence[Condition],
    orders: Sequence[Order],
    window: Window,
) -> Page[Record]:
    chosen = _choose_path(schema, conditions, orders)
    rest = [each for each in conditions if chosen is None or each is not chosen.condition]
    where = visible_rows(schema, caller, rest)
    fetch = reader.fetch_afresh if conditions else reader.fetch
    sql = bind(_page(schema, where, caller, orders, window, chosen), where, caller)
    rows = await fetch(sql, *where.args)
    found = [list(row) for row in rows[: window.limit]]
    if window.before is not None:
        found.reverse()
    width = len(orders) + 1
    records = [schema.record(row[width:], caller) for row in found]
    return Page(records, [row[:width] for row in found], len(rows) > window.limit)


async def count_rows(
    reader: Reader, caller: Caller, schema: QuerySchema[Any], conditions: Sequence[Condition], *, most: int
) -> int:
    """No further than `most`."""
    where = visible_rows(schema, caller, conditions)
    fetch = reader.fetch_afresh if conditions else reader.fetch
    sql = f"select count(*) from (select 1 from {schema.source} where {where.sql} limit {int(most)}) as found"
    [row] = await fetch(bind(sql, where, caller), *where.args)
    count: int = row[0]
    return count


async def find_rows(
    reader: Reader, caller: Caller, schema: QuerySchema[Record], ids: Collection[int]
) -> dict[int, Record]:
    """The rows of `ids` that the caller sees."""
    where = visible_rows(schema, caller).add(f"{schema.key} = any({{}}::bigint[])", list(ids))
    sql = f"select {schema.key}, {schema.select} from {schema.source} where {where.sql}"
    rows = await reader.fetch(bind(sql, where, caller), *where.args)
    return {row[0]: schema.record(list(row)[1:], caller) for row in rows}


def bind(sql: str, where: Where, caller: Caller) -> str:
    """The statement as it is sent with the values of `where`; days are those of the team's zone."""
    return bind_days(bind_owner(sql, where, caller), where, caller.team_zone)


class _Chosen(NamedTuple):
    """The access path that is taken in place of a condition."""

    path: AccessPath
    condition: Condition


def _choose_path(
    schema: QuerySchema[Any], conditions: Sequence[Condition], orders: Sequence[Order]
) -> _Chosen | None:
    for condition in conditions if orders else ():
        path = schema.paths.get((condition.column, orders[0].column))
        values_only = not (condition.ranges or condition.missing or condition.present)
        if path is not None and values_only and len(condition.values) == 1:
            return _Chosen(path, condition)
    return None


def _page(
    schema: QuerySchema[Any],
    where: Where,
    caller: Caller,
    orders: Sequence[Order],
    window: Window,
    chosen: _Chosen | None,
) -> str:
    """One stretch of an index, or several merged."""
    source, ranges = schema.source, schema.columns[orders[0].column].ranges if orders else ()
    if chosen is not None:
        source, ranges = chosen.path.source, chosen.path.ranges
        where.add(chosen.path.term, chosen.condition.values[0])
    keys = keys_of(schema, orders, backwards=window.before is not None)
    cursor = window.before or window.after
    stretches = [
        Stretch(source, term, own)
        for part, own in _split(where, ranges, keys)
        for term in ([part] if cursor is None else split_beyond(part, own, cursor, caller.team_zone))
    ]
    return merge(stretches, schema.select, limit=window.limit + 1, offset=window.offset)


def _split(
    where: Where, ranges: Sequence[IndexRange], keys: Sequence[Key]
) -> Iterator[tuple[Where, Sequence[Key]]]:
    """The parts of the rows in which an index has the first key in order, each with its own sort of that key."""
    if not ranges:
        yield where, keys
    for each in ranges:
        part = where.branch()
        part.terms = [*where.terms, each.term]
        yield part, [keys[0]._replace(part=each), *keys[1:]]
