"""Sort keys of a list. A row without a value sorts last, or first when descending; the id breaks ties, in the
direction of the last key.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from touchbook.core.query.conditions import compare
from touchbook.core.query.days import Operator
from touchbook.core.query.schema import Column, IndexRange, Kind
from touchbook.core.query.where import Where
from touchbook.core.query.windows import Cursor, Order, sorted_columns


class Key(NamedTuple):
    """`part`: the rows that are sorted, and what by."""

    part: IndexRange
    kind: Kind
    descending: bool

    @property
    def anywhere(self) -> "Key":
        """The key among rows of several ranges."""
        return self._replace(part=IndexRange(sql=self.part.sql))


def keys_of(
    columns: Mapping[str, Column], identifier: str, orders: Sequence[Order], *, backwards: bool
) -> list[Key]:
    keys = [
        Key(IndexRange(sql=column.sql, nullable=column.nullable), column.kind, descending != backwards)
        for column, descending in sorted_columns(columns, orders)
    ]
    last = orders[-1].descending if orders else False
    return [*keys, Key(IndexRange(sql=identifier), "bigint", last != backwards)]


def keys_within(keys: Sequence[Key], part: IndexRange) -> list[Key]:
    """The keys among the rows of an index range, which sorts by the first of them and its ties in its own way."""
    own = [part, *(IndexRange(sql=tie) for tie in part.ties)]
    first = [key._replace(part=each) for key, each in zip(keys, own, strict=False)]
    return [*first, *keys[len(own) :]]


def order_by(keys: Sequence[Key]) -> str:
    """Order by the columns of an index, or else by a key's number in the select."""
    columns = (
        f"{column}{' desc' if key.descending else ''}"
        for number, key in enumerate(keys, start=1)
        for column in (key.part.order or (number,))
    )
    return f"order by {', '.join(columns)}"


def split_beyond(where: Where, keys: Sequence[Key], cursor: Cursor, zone: tzinfo) -> Iterator[Where]:
    """The rows past a cursor, in parts of which each is one stretch of an index."""
    for number, key in enumerate(keys):
        last = number == len(keys) - 1
        same = list(zip(keys[:number], cursor.values[:number], strict=True))
        if not all(_may_equal(each, value) for each, value in same):
            return
        for term in _past(where, key, cursor.values[number], zone, inclusive=last and cursor.inclusive):
            part = where.branch()
            part.terms = list(where.terms)
            for each, value in same:
                _add_equal(part, each, value, zone)
            yield part.add(term)


def _past(where: Where, key: Key, value: Any, zone: tzinfo, *, inclusive: bool) -> Iterator[str]:
    """NULL is greater than every value, as PostgreSQL orders."""
    part = key.part
    if value is None:
        if key.descending and not part.is_null:
            yield f"{part.column} is not null"
        return
    if not part.is_null:
        strict: Operator = "<" if key.descending else ">"
        weak: Operator = "<=" if key.descending else ">="
        yield compare(where, part, key.kind, weak if inclusive else strict, value, zone)
    if not key.descending and (part.nullable or part.is_null):
        yield "true" if part.is_null else f"{part.column} is null"


def _may_equal(key: Key, value: Any) -> bool:
    return key.part.nullable or key.part.is_null if value is None else not key.part.is_null


def _add_equal(where: Where, key: Key, value: Any, zone: tzinfo) -> None:
    if value is not None:
        where.add(compare(where, key.part, key.kind, "=", value, zone))
    elif not key.part.is_null:
        where.add(f"{key.part.column} is null")
