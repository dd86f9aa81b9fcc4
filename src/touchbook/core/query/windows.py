"""Orders, and windows on an ordered list: by cursor, which no write elsewhere can shift, or by offset."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic

import msgspec
from msgspec import Struct

from touchbook.core.query.schema import QuerySchema, Record

_TYPES: dict[str, Any] = {
    "bigint": int, "boolean": bool, "date": date, "numeric": Decimal, "text": str, "timestamptz": datetime,
}  # fmt: skip


class Order(Struct, frozen=True):
    """Rows are ordered by a column of the query schema."""

    column: str
    descending: bool = False


class Cursor(Struct, frozen=True):
    """The sort values of a row and its id. `inclusive`: the row at the cursor belongs to the window."""

    values: Sequence[Any]
    inclusive: bool = False


class Window(Struct, frozen=True, kw_only=True):
    """At most `limit` rows: those after a cursor, those before one, or those from the `offset` on."""

    limit: int
    after: Cursor | None = None
    before: Cursor | None = None
    offset: int = 0


class Page(Struct, Generic[Record], frozen=True):
    """`more`: rows follow, or precede if the window lies before a cursor. `cursors`: each record's values."""

    records: Sequence[Record]
    cursors: Sequence[Sequence[Any]]
    more: bool


def read_cursor(
    schema: QuerySchema[Any], orders: Sequence[Order], values: Sequence[Any], *, inclusive: bool
) -> Cursor:
    """From plain JSON values. ValueError if they are no cursor of a list in that order."""
    kinds = [_TYPES[schema.columns[order.column].kind] for order in orders] + [int]
    if len(values) != len(kinds):
        raise ValueError("not as many values as keys")
    read = [msgspec.convert(value, kind | None) for value, kind in zip(values, kinds, strict=True)]
    return Cursor(read, inclusive)
