"""Whatever a query schema may be asked for is a statement that PostgreSQL takes, for the caller's team alone.

Each statement is sent here, and proved at the end of the run with all the rest.
"""

from collections.abc import Iterable
from itertools import product
from typing import Any

import msgspec
import pytest

from tests.isolation.corpus_queries import (
    Query,
    all_schemas,
    each_query_once,
    every_query,
    every_schema,
    run_find,
    run_query,
)
from tests.people import Person
from touchbook.core.query.conditions import Condition
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.query.windows import Window
from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store

SCHEMAS = all_schemas()
# What a condition may say: of every column, of one that may be without a value, and of one that is compared.
OPERATORS = {"one", "some"}
EMPTY = {"missing", "present"}
COMPARING = {"first+last or above", "below or missing", "open"}
# A whole filter of contacts (tests/core/contacts/test_filter_model.py).
ASKED_ELSEWHERE = {"filter"}
WINDOWS = {"start", "offset", "after", "before"}


def test_every_query_schema_is_found() -> None:
    assert len(SCHEMAS) == 17


def test_no_column_is_left_to_a_schema_that_is_not_asked() -> None:
    """Of several schemas of the same rows, the last one has the columns, relations and paths of all, but for those
    whose values are no plain ones.
    """
    asked = {schema.source: schema for schema in SCHEMAS.values()}
    for name, schema in every_schema():
        whole = asked[schema.source]
        for part in ("columns", "relations", "paths"):
            assert set(getattr(schema, part)) - ASKED_ELSEWHERE <= set(getattr(whole, part)), name


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_column_by_each_operator_in_each_order_is_among_the_queries(name: str) -> None:
    """Counted from the schema itself, so that a new column cannot be forgotten."""
    schema: QuerySchema[Any] = SCHEMAS[name]
    queries = list(every_query(schema))
    alone = [query for query in queries if len(query.orders) == 1]
    asked = {(said, _order(query)[0]) for query in alone for said in _said(query)}
    assert asked == set(product(_conditions_of(schema), _orders_of(schema)))
    windows = {(_order(query)[0], _window(query.window)) for query in alone if not query.conditions}
    assert windows == set(product(_orders_of(schema), WINDOWS))


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_column_operator_and_order_is_among_the_sample(name: str) -> None:
    schema: QuerySchema[Any] = SCHEMAS[name]
    queries = list(each_query_once(schema))
    related = {
        (f"{relation}.{name}", "some or missing" if _may_be_empty(column) else "some")
        for relation, (_, other) in schema.relations.items()
        for name, column in other.columns.items()
    }
    assert {said for query in queries for said in _said(query)} >= _conditions_of(schema) | related
    assert {order for query in queries for order in _order(query)} >= _orders_of(schema)
    assert {_window(query.window) for query in queries} == WINDOWS
    led = {
        (condition.column, order.descending, _window(query.window))
        for query in queries
        for condition in query.conditions
        for order in query.orders
    }
    assert led >= set(product(schema.paths, (False, True), WINDOWS))


def _conditions_of(schema: QuerySchema[Any]) -> set[tuple[str, str]]:
    return {
        (name, operator)
        for name, column in schema.columns.items()
        for operator in OPERATORS
        | (EMPTY if _may_be_empty(column) else set())
        | (COMPARING if column.sql else set())
    }


def _may_be_empty(column: Column) -> bool:
    return bool(column.sql or column.missing)


def _orders_of(schema: QuerySchema[Any]) -> set[tuple[str, bool]]:
    return set(product((name for name, column in schema.columns.items() if column.sql), (False, True)))


def _said(query: Query) -> Iterable[tuple[str, str]]:
    return [(condition.column, _operator(condition)) for condition in query.conditions]


def _operator(condition: Condition) -> str:
    said = [] if not condition.values else ["one" if len(condition.values) == 1 else "some"]
    for span in condition.ranges:
        said.append("+".join(bound for bound, value in msgspec.structs.asdict(span).items() if value is not None))
    said += [name for name in ("missing", "present") if getattr(condition, name)]
    return " or ".join(part or "open" for part in said)


def _order(query: Query) -> list[tuple[str, bool]]:
    return [(order.column, order.descending) for order in query.orders]


def _window(window: Window) -> str:
    if window.after is not None:
        return "after"
    if window.before is not None:
        return "before"
    return "offset" if window.offset else "start"


@pytest.mark.parametrize("name", SCHEMAS)
async def test_each_column_operator_and_order_is_asked_for(store: Store, alice: Person, name: str) -> None:
    schema: QuerySchema[Any] = SCHEMAS[name]
    async with store.reading() as reader:
        await run_find(reader, alice, schema)
        await _run(reader, alice, schema, each_query_once(schema))


@pytest.mark.long
@pytest.mark.parametrize("name", SCHEMAS)
async def test_the_product_of_columns_operators_and_orders(store: Store, alice: Person, name: str) -> None:
    schema: QuerySchema[Any] = SCHEMAS[name]
    async with store.reading() as reader:
        await _run(reader, alice, schema, every_query(schema))


async def _run(reader: Reader, alice: Person, schema: QuerySchema[Any], queries: Iterable[Query]) -> None:
    """Every fifth as somebody who sees their own contacts alone."""
    own = Person(alice.name, alice.team, msgspec.structs.replace(alice.caller, own_contacts_only=True), "", "")
    for number, query in enumerate(queries):
        await run_query(reader, own if number % 5 == 0 else alice, schema, query)
