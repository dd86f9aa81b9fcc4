"""The queries that the query schemas make possible: each column by each operator in each order, in each window."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import cycle, pairwise, product
from typing import Any
from uuid import UUID

from msgspec import Struct

import touchbook.core
import touchbook.dialects
from tests.people import Person
from touchbook.core.query.conditions import Condition, Range
from touchbook.core.query.pages import count_rows, fetch_page, find_rows
from touchbook.core.query.schema import AccessPath, Column, QuerySchema
from touchbook.core.query.windows import Cursor, Order, Window, sorted_columns
from touchbook.core.transaction import Reader

_VALUES: dict[str, tuple[Any, Any]] = {
    "bigint": (1, 2),
    "boolean": (False, True),
    "date": (date(2026, 3, 29), date(2026, 3, 30)),
    "numeric": (Decimal(1), Decimal("2.5")),
    "interval": (timedelta(hours=1), timedelta(hours=2)),
    "text": ("open", "Sarah"),
    "timestamptz": (datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 3, 30, tzinfo=UTC)),
    "uuid": (UUID(int=1), UUID(int=2)),
}


class Query(Struct, frozen=True):
    conditions: Sequence[Condition]
    orders: Sequence[Order]
    window: Window


def all_schemas() -> dict[str, QuerySchema[Any]]:
    """By the module and name under which the core has them, or a dialect that adds columns of its own."""
    return dict({schema.source: (name, schema) for name, schema in every_schema()}.values())


def every_schema() -> Iterator[tuple[str, QuerySchema[Any]]]:
    """Each once, those of the core before a dialect's of the same rows."""
    modules = (
        *pkgutil.walk_packages(touchbook.core.__path__, "touchbook.core."),
        *pkgutil.walk_packages(touchbook.dialects.__path__, "touchbook.dialects."),
    )
    seen: set[int] = set()
    for module in modules:
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, QuerySchema) and id(value) not in seen:
                seen.add(id(value))
                yield f"{module.name}.{name}", value


def every_query(schema: QuerySchema[Any]) -> Iterator[Query]:
    """The product of its own columns, operators and orders, in each window by turns; each order in each window."""
    for number, (condition, orders) in enumerate(product(_own_conditions(schema), _orders(schema))):
        windows = list(_windows(schema, orders))
        yield Query([condition], orders, windows[number % len(windows)])
    for orders in _orders(schema):
        yield from (Query([], orders, window) for window in _windows(schema, orders))


def each_query_once(schema: QuerySchema[Any]) -> Iterator[Query]:
    """Each column by each operator, each order, each window, each path: not their product."""
    orders = list(_orders(schema))
    for number, chosen in enumerate(orders):
        windows = list(_windows(schema, chosen))
        yield Query([], chosen, windows[number % len(windows)])
    by_turns = cycle(orders)
    for condition in (*_own_conditions(schema), *_related_conditions(schema)):
        yield Query([condition], next(by_turns), Window(limit=2))
    for leading, path in schema.paths.items():
        yield from _along(schema, leading, path)


def _along(schema: QuerySchema[Any], leading: str, path: AccessPath) -> Iterator[Query]:
    """In each order that it has, and in one that it has not; beside each of its own columns."""
    led = Condition(column=leading, values=[1])
    sortable = [name for name, column in path.columns.items() if column.ranges] + ["created_at"]
    for name, descending in product(sortable, (False, True)):
        chosen = [Order(name, descending)]
        yield from (Query([led], chosen, window) for window in _windows(schema, chosen))
    for name, column in path.columns.items():
        for operator in _operators(column):
            yield Query([led, Condition(column=name, **operator)], [Order(path.order)], Window(limit=2))


async def run_query(reader: Reader, person: Person, schema: QuerySchema[Any], query: Query) -> None:
    page = await fetch_page(reader, person.caller, schema, query.conditions, query.orders, query.window)
    assert len(page.records) <= query.window.limit
    if query.conditions and query.window == Window(limit=2):
        await count_rows(reader, person.caller, schema, query.conditions, most=10)


async def run_find(reader: Reader, person: Person, schema: QuerySchema[Any]) -> None:
    await find_rows(reader, person.caller, schema, [1, 2])


def _own_conditions(schema: QuerySchema[Any]) -> Iterator[Condition]:
    for name, column in schema.columns.items():
        for operator in _operators(column):
            yield Condition(column=name, **operator)


def _related_conditions(schema: QuerySchema[Any]) -> Iterator[Condition]:
    """By two operators: the rest is asked of the other schema itself."""
    for relation, (_, related) in schema.relations.items():
        for name, column in related.columns.items():
            empty = bool(column.sql or column.missing)
            yield Condition(column=f"{relation}.{name}", values=_VALUES[column.kind], missing=empty)


def _operators(column: Column) -> list[dict[str, Any]]:
    """What a condition may say of a column."""
    low, high = _VALUES[column.kind]
    operators: list[dict[str, Any]] = [
        {"values": [low]}, {"values": [low, high]}, {"values": [low, high], "negated": True},
    ]  # fmt: skip
    if column.sql or column.missing:
        operators += [{"missing": True}, {"present": True}]
    if column.sql:
        operators += [
            {"ranges": [Range(first=low, last=high), Range(above=high)]},
            {"ranges": [Range(below=low)], "missing": True},
            {"ranges": [Range()]},
        ]
    return operators


def _orders(schema: QuerySchema[Any]) -> Iterator[Sequence[Order]]:
    sortable = [name for name, column in schema.columns.items() if column.sql]
    yield []
    for name, descending in product(sortable, (False, True)):
        yield [Order(name, descending)]
    for first, second in pairwise(sortable):
        yield [Order(first), Order(second, True)]
        yield [Order(first, True), Order(second)]


def _windows(schema: QuerySchema[Any], orders: Sequence[Order]) -> Iterator[Window]:
    """From the start, from an offset, after and before a cursor with values, and one without."""
    columns = [column for column, _ in sorted_columns(schema.columns, orders)]
    values = [_VALUES[column.kind][0] for column in columns]
    nullable = [column.nullable for column in columns]
    empty = [None if may else value for may, value in zip(nullable, values, strict=True)]
    yield Window(limit=2)
    yield Window(limit=2, offset=3)
    yield Window(limit=2, after=Cursor([*values, 1]))
    yield Window(limit=2, before=Cursor([*values, 1], inclusive=True))
    if empty != values:
        yield Window(limit=2, after=Cursor([*empty, 1], inclusive=True))
        yield Window(limit=2, before=Cursor([*empty, 1]))
