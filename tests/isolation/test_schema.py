"""The schema itself keeps teams apart. The exceptions stand in docs/operate/isolation.md."""

from tests.isolation.catalogue import ForeignKey, Index, Schema
from tests.isolation.exceptions import exempt_keys


def test_every_table_belongs_to_a_team(schema: Schema) -> None:
    without = {name for name, is_tenant in schema.tables.items() if not is_tenant}
    assert without - exempt_keys().keys() == set()
    assert schema.nullable == []


def test_every_key_and_index_begins_with_the_team(schema: Schema) -> None:
    astray = {index.name for index in schema.indexes if index.table in schema.tenants and index.first != "team_id"}
    assert astray - exempt_keys().keys() == set()


def test_every_foreign_key_stays_in_the_team(schema: Schema) -> None:
    """To a tenant table: composite, and team to team. To `teams`: the team itself."""
    astray = set()
    for key in schema.foreign_keys:
        if key.table not in schema.tenants:
            continue
        within = key.width > 1 and key.first_of_other == "team_id" if key.other in schema.tenants else True
        if key.first != "team_id" or not within:
            astray.add(key.name)
    assert astray - exempt_keys().keys() == set()
    assert len(schema.foreign_keys) > 30


def test_no_code_in_the_database_reads_past_it(schema: Schema) -> None:
    """A statement's parse does not show what a view, a rule or a function reads."""
    assert schema.code - exempt_keys().keys() == set()


def test_every_listed_name_is_there_and_needed(schema: Schema) -> None:
    tables = {name for name, is_tenant in schema.tables.items() if not is_tenant}
    keys: list[Index | ForeignKey] = [*schema.indexes, *schema.foreign_keys]
    astray = {key.name for key in keys if key.table in schema.tenants and key.first != "team_id"}
    assert exempt_keys().keys() - tables - astray - schema.code == set()
