"""Orders, and windows on an ordered list: by cursor, which no write elsewhere can shift, or by offset."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.query.schema import Column, QuerySchema, Record

_TYPES: dict[str, Any] = {
    "bigint": int, "boolean": bool, "date": date, "interval": timedelta, "numeric": Decimal, "text": str,
    "timestamptz": datetime, "uuid": UUID,
}  # fmt: skip


class Order(Struct, frozen=True):
    """Rows are ordered by a column of the query schema."""

    column: str
    descending: bool = False


def sorted_columns(columns: Mapping[str, Column], orders: Sequence[Order]) -> list[tuple[Column, bool]]:
    """The columns that a list is sorted by, ties too, and whether descending; the id follows them."""
    return [
        (columns[name], order.descending)
        for order in orders
        for name in (order.column, *columns[order.column].ties)
    ]


class Cursor(Struct, frozen=True):
    """The sort values of a row and its id. `inclusive`: the row at the cursor belongs to the window."""

    values: Sequence[Any]
    inclusive: bool = False


class Window(Struct, frozen=True, kw_only=True):
    """At most `limit` rows: those after a cursor, those before one, or those from the `offset` on.

    `ahead`: one row beyond them is read, which tells whether there are more.
    """

    limit: int
    after: Cursor | None = None
    before: Cursor | None = None
    offset: int = 0
    ahead: bool = True


class Page(Struct, Generic[Record], frozen=True):
    """`more`: rows follow, or precede if the window lies before a cursor. `cursors`: each record's values."""

    records: Sequence[Record]
    cursors: Sequence[Sequence[Any]]
    more: bool

    def reversed(self) -> "Page[Record]":
        return Page(self.records[::-1], self.cursors[::-1], self.more)


def read_cursor(
    schema: QuerySchema[Any], orders: Sequence[Order], values: Sequence[Any], *, inclusive: bool
) -> Cursor:
    """From plain JSON values. ValueError if they are no cursor of a list in that order."""
    kinds = [_TYPES[column.kind] for column, _ in sorted_columns(schema.columns, orders)] + [int]
    if len(values) != len(kinds):
        raise ValueError("not as many values as keys")
    read = [msgspec.convert(value, kind | None) for value, kind in zip(values, kinds, strict=True)]
    return Cursor(read, inclusive)
