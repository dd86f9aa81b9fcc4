"""Whatever a query schema may be asked for is a statement that PostgreSQL takes, for the caller's team alone.

Each statement is sent here, and proved at the end of the run with all the rest.
"""

from typing import Any

import msgspec
import pytest

from tests.isolation.corpus_queries import all_schemas, each_query_once, every_query, run_find, run_query
from tests.people import Person
from touchbook.core.query.schema import QuerySchema
from touchbook.store.postgres import Store

SCHEMAS = all_schemas()


def test_every_query_schema_is_found() -> None:
    assert len(SCHEMAS) == 17


@pytest.mark.parametrize("name", SCHEMAS)
async def test_each_column_operator_and_order_is_asked_for(store: Store, alice: Person, name: str) -> None:
    """Every fifth as somebody who sees their own contacts alone."""
    own = Person(alice.name, alice.team, msgspec.structs.replace(alice.caller, own_contacts_only=True), "", "")
    schema: QuerySchema[Any] = SCHEMAS[name]
    async with store.reading() as reader:
        await run_find(reader, alice, schema)
        for number, query in enumerate(each_query_once(schema)):
            await run_query(reader, own if number % 5 == 0 else alice, schema, query)


@pytest.mark.long
@pytest.mark.parametrize("name", SCHEMAS)
async def test_the_product_of_columns_operators_and_orders(store: Store, alice: Person, name: str) -> None:
    schema: QuerySchema[Any] = SCHEMAS[name]
    async with store.reading() as reader:
        for query in every_query(schema):
            await run_query(reader, alice, schema, query)
