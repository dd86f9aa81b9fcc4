"""Sort keys of a list. A row without a value sorts last, or first when descending; the id breaks ties, in the
direction of the last key.
"""

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

from touchbook.core.query.conditions import compare
from touchbook.core.query.days import Operator
from touchbook.core.query.schema import IndexRange, Kind, QuerySchema
from touchbook.core.query.where import Where
from touchbook.core.query.windows import Cursor, Order


class Key(NamedTuple):
    """`part`: the rows that are sorted, and what by."""

    part: IndexRange
    kind: Kind
    descending: bool

    @property
    def anywhere(self) -> "Key":
        """The key among rows of several ranges."""
        return self._replace(part=IndexRange(term="true", sql=self.part.sql))


def keys_of(schema: QuerySchema[Any], orders: Sequence[Order], *, backwards: bool) -> list[Key]:
    keys = []
    for order in orders:
        column = schema.columns[order.column]
        rows = IndexRange(term="true", sql=column.sql, nullable=column.nullable)
        keys.append(Key(rows, column.kind, order.descending != backwards))
    last = orders[-1].descending if orders else False
    return [*keys, Key(IndexRange(term="true", sql=schema.key), "bigint", last != backwards)]


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
        for term in _past(where, key, cursor.values[number], zone, inclusive=last and cursor.inclusive):
            part = where.branch()
            part.terms = list(where.terms)
            for same, value in zip(keys[:number], cursor.values[:number], strict=True):
                _add_equal(part, same, value, zone)
            yield part.add(term)


def _past(where: Where, key: Key, value: Any, zone: tzinfo, *, inclusive: bool) -> Iterator[str]:
    """NULL is greater than every value, as PostgreSQL orders."""
    if value is None:
        if key.descending:
            yield f"{key.part.column} is not null"
        return
    strict: Operator = "<" if key.descending else ">"
    weak: Operator = "<=" if key.descending else ">="
    yield compare(where, key.part, key.kind, weak if inclusive else strict, value, zone)
    if key.part.nullable and not key.descending:
        yield f"{key.part.column} is null"


def _add_equal(where: Where, key: Key, value: Any, zone: tzinfo) -> None:
    if value is None:
        where.add(f"{key.part.column} is null")
    else:
        where.add(compare(where, key.part, key.kind, "=", value, zone))
