"""Pages of a sheet: by place, which no write elsewhere in the list can shift, or by counting from the start.

A place is the sort values of a row and its id. What has no value of a sort key stands last, or first when
descending; the id breaks ties, in the direction of the last key.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, NamedTuple

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.sheet import Condition, Kind, Lead, Record, Sheet, Stream, rows_standing
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, bind_owner

_TYPES: dict[str, Any] = {
    "bigint": int, "boolean": bool, "date": date, "numeric": Decimal, "text": str, "timestamptz": datetime,
}  # fmt: skip


class Order(Struct, frozen=True):
    """By a column of the sheet."""

    column: str
    descending: bool = False


class Place(Struct, frozen=True):
    """`inclusive`: the row that stands there is meant too."""

    values: Sequence[Any]
    inclusive: bool = False


class Window(Struct, frozen=True, kw_only=True):
    """At most `limit` rows: those after a place, those before one, or from the `offset` on."""

    limit: int
    after: Place | None = None
    before: Place | None = None
    offset: int = 0


class Page(Struct, Generic[Record], frozen=True):
    """`more`: rows follow, or, where those before a place were asked for, precede. `places`: of each record."""

    records: Sequence[Record]
    places: Sequence[Sequence[Any]]
    more: bool


class _Key(NamedTuple):
    """`order` is what an index is in the order of; `near` as a Stream has it."""

    sql: str
    kind: Kind
    descending: bool
    nullable: bool
    order: str = ""
    near: Callable[[str, str], str] | None = None


async def fetch_page(
    reader: Reader,
    caller: Caller,
    sheet: Sheet[Record],
    conditions: Sequence[Condition],
    orders: Sequence[Order],
    window: Window,
) -> Page[Record]:
    led = _led(sheet, conditions, orders)
    where = rows_standing(sheet, caller, [each for each in conditions if led is None or each is not led.condition])
    fetch = reader.fetch_afresh if conditions else reader.fetch
    sql = bind_owner(_page(sheet, where, orders, window, led), where, caller)
    rows = await fetch(sql, *where.args)
    found = [list(row) for row in rows[: window.limit]]
    if window.before is not None:
        found.reverse()
    width = len(orders) + 1
    records = [sheet.record(row[width:]) for row in found]
    return Page(records, [row[:width] for row in found], len(rows) > window.limit)


async def count_rows(
    reader: Reader, caller: Caller, sheet: Sheet[Any], conditions: Sequence[Condition], *, most: int
) -> int:
    """No further than `most`."""
    where = rows_standing(sheet, caller, conditions)
    fetch = reader.fetch_afresh if conditions else reader.fetch
    sql = f"select count(*) from (select 1 from {sheet.source} where {where.sql} limit {int(most)}) as found"
    [row] = await fetch(bind_owner(sql, where, caller), *where.args)
    count: int = row[0]
    return count


async def find_rows(
    reader: Reader, caller: Caller, sheet: Sheet[Record], ids: Collection[int]
) -> dict[int, Record]:
    """Those of `ids` that the caller sees."""
    where = rows_standing(sheet, caller).add(f"{sheet.key} = any({{}}::bigint[])", list(ids))
    sql = f"select {sheet.key}, {sheet.select} from {sheet.source} where {where.sql}"
    rows = await reader.fetch(bind_owner(sql, where, caller), *where.args)
    return {row[0]: sheet.record(list(row)[1:]) for row in rows}


def read_place(sheet: Sheet[Any], orders: Sequence[Order], values: Sequence[Any], *, inclusive: bool) -> Place:
    """From plain JSON values. ValueError if they are no place in a list of that order."""
    kinds = [_TYPES[sheet.columns[order.column].kind] for order in orders] + [int]
    if len(values) != len(kinds):
        raise ValueError("not as many values as keys")
    read = [msgspec.convert(value, kind | None) for value, kind in zip(values, kinds, strict=True)]
    return Place(read, inclusive)


class _Led(NamedTuple):
    """What leads to the rows, in place of a condition."""

    lead: Lead
    condition: Condition


def _led(sheet: Sheet[Any], conditions: Sequence[Condition], orders: Sequence[Order]) -> _Led | None:
    for condition in conditions if orders else ():
        lead = sheet.leads.get((condition.column, orders[0].column))
        alone = not (condition.ranges or condition.missing or condition.present)
        if lead is not None and alone and len(condition.values) == 1:
            return _Led(lead, condition)
    return None


def _page(sheet: Sheet[Any], where: Where, orders: Sequence[Order], window: Window, led: _Led | None) -> str:
    """One stretch of an index, or several merged."""
    source, streams = sheet.source, sheet.columns[orders[0].column].streams if orders else ()
    if led is not None:
        source, streams = led.lead.source, led.lead.streams
        where.add(led.lead.term, led.condition.values[0])
    backwards = window.before is not None
    keys = _keys(sheet, orders, backwards)
    place = window.before or window.after
    limit, offset = window.limit + 1, window.offset
    selects = [
        (f"select {', '.join(key.sql for key in own)}, {sheet.select} from {source} where {term.sql}", own)
        for part, own in _streams(where, streams, keys)
        for term in ([part] if place is None else _beyond(part, own, place))
    ]
    if len(selects) == 1:
        [(select, own)] = selects
        return f"{select} {_in_order(own)} limit {int(limit)}" + (f" offset {int(offset)}" if offset else "")
    stretches = (f"({select} {_in_order(own)} limit {int(limit + offset)})" for select, own in selects)
    return f"{' union all '.join(stretches)} {_in_order(keys)} limit {int(limit)} offset {int(offset)}"


def _streams(
    where: Where, streams: Sequence[Stream], keys: Sequence[_Key]
) -> Iterator[tuple[Where, Sequence[_Key]]]:
    """The parts of the rows in which an index has the first key in order, each with its own sort of that key."""
    if not streams:
        yield where, keys
    for stream in streams:
        part = where.branch()
        part.terms = [*where.terms, stream.term]
        yield part, [_key_in(stream, keys[0]), *keys[1:]]


def _key_in(stream: Stream, key: _Key) -> _Key:
    return _Key(stream.sql, key.kind, key.descending, stream.nullable, stream.order, stream.near)


def _keys(sheet: Sheet[Any], orders: Sequence[Order], backwards: bool) -> list[_Key]:
    columns = [(sheet.columns[order.column], order.descending != backwards) for order in orders]
    keys = [_Key(column.sql, column.kind, descending, column.nullable) for column, descending in columns]
    last = orders[-1].descending if orders else False
    return [*keys, _Key(sheet.key, "bigint", last != backwards, False)]


def _in_order(keys: Sequence[_Key]) -> str:
    return "order by " + ", ".join(
        f"{key.order or number}{' desc' if key.descending else ''}" for number, key in enumerate(keys, start=1)
    )


def _beyond(where: Where, keys: Sequence[_Key], place: Place) -> Iterator[Where]:
    """The rows past a place, in parts of which each is one stretch of an index."""
    for number, key in enumerate(keys):
        last = number == len(keys) - 1
        for term in _past(where, key, place.values[number], inclusive=last and place.inclusive):
            part = where.branch()
            part.terms = list(where.terms)
            for same, value in zip(keys[:number], place.values[:number], strict=True):
                _add_equal(part, same, value)
            yield part.add(term)


def _past(where: Where, key: _Key, value: Any, *, inclusive: bool) -> Iterator[str]:
    """NULL is greater than every value, as PostgreSQL orders."""
    if value is None:
        if key.descending:
            yield f"{key.sql} is not null"
        return
    operator = ("<" if key.descending else ">") + ("=" if inclusive else "")
    yield _compare(where, key, operator, value)
    if key.nullable and not key.descending:
        yield f"{key.sql} is null"


def _add_equal(where: Where, key: _Key, value: Any) -> None:
    if value is None:
        where.add(f"{key.sql} is null")
    else:
        where.add(_compare(where, key, "=", value))


def _compare(where: Where, key: _Key, operator: str, value: Any) -> str:
    bound = f"{where.value(value)}::{key.kind}"
    near = f" and {key.near(operator, bound)}" if key.near is not None else ""
    return f"{key.sql} {operator} {bound}{near}"
