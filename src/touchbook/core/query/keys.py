"""Sort keys of a list. A row without a value sorts last, or first when descending; the id breaks ties, in the
direction of the last key.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from touchbook.core.query.schema import IndexRange, Kind, QuerySchema
from touchbook.core.query.where import Where
from touchbook.core.query.windows import Cursor, Order


class Key(NamedTuple):
    """`order` and `near` as in an IndexRange."""

    sql: str
    kind: Kind
    descending: bool
    nullable: bool
    order: str = ""
    near: Callable[[str, str], str] | None = None

    def within(self, part: IndexRange) -> "Key":
        return Key(part.sql, self.kind, self.descending, part.nullable, part.order, part.near)


def keys_of(schema: QuerySchema[Any], orders: Sequence[Order], *, backwards: bool) -> list[Key]:
    columns = [(schema.columns[order.column], order.descending != backwards) for order in orders]
    keys = [Key(column.sql, column.kind, descending, column.nullable) for column, descending in columns]
    last = orders[-1].descending if orders else False
    return [*keys, Key(schema.key, "bigint", last != backwards, False)]


def order_by(keys: Sequence[Key]) -> str:
    return "order by " + ", ".join(
        f"{key.order or number}{' desc' if key.descending else ''}" for number, key in enumerate(keys, start=1)
    )


def split_beyond(where: Where, keys: Sequence[Key], cursor: Cursor) -> Iterator[Where]:
    """The rows past a cursor, in parts of which each is one stretch of an index."""
    for number, key in enumerate(keys):
        last = number == len(keys) - 1
        for term in _past(where, key, cursor.values[number], inclusive=last and cursor.inclusive):
            part = where.branch()
            part.terms = list(where.terms)
            for same, value in zip(keys[:number], cursor.values[:number], strict=True):
                _add_equal(part, same, value)
            yield part.add(term)


def _past(where: Where, key: Key, value: Any, *, inclusive: bool) -> Iterator[str]:
    """NULL is greater than every value, as PostgreSQL orders."""
    if value is None:
        if key.descending:
            yield f"{key.sql} is not null"
        return
    operator = ("<" if key.descending else ">") + ("=" if inclusive else "")
    yield _compare(where, key, operator, value)
    if key.nullable and not key.descending:
        yield f"{key.sql} is null"


def _add_equal(where: Where, key: Key, value: Any) -> None:
    if value is None:
        where.add(f"{key.sql} is null")
    else:
        where.add(_compare(where, key, "=", value))


def _compare(where: Where, key: Key, operator: str, value: Any) -> str:
    bound = f"{where.value(value)}::{key.kind}"
    near = f" and {key.near(operator, bound)}" if key.near is not None else ""
    return f"{key.sql} {operator} {bound}{near}"
