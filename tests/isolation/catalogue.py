"""What the database itself says of its tables, keys and indexes."""

from typing import NamedTuple

from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store

_TABLES = """
select c.relname as name, exists (
    select from pg_attribute a where a.attrelid = c.oid and a.attname = 'team_id' and not a.attisdropped
) as is_tenant
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""

_INDEXES = """
select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table, a.attname as first,
    i.indisunique as is_unique
from pg_index i
join pg_class c on c.oid = i.indrelid
left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
"""

_FOREIGN_KEYS = """
select k.conname as name, k.conrelid::regclass::text as table, k.confrelid::regclass::text as other,
    array_length(k.conkey, 1) as width, a.attname as first, o.attname as first_of_other
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
join pg_attribute o on o.attrelid = k.confrelid and o.attnum = k.confkey[1]
where k.contype = 'f' and c.relnamespace = 'public'::regnamespace and not c.relispartition
"""

_CODE = """
select p.proname as name from pg_proc p
where p.pronamespace = 'public'::regnamespace
and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
union all select c.relname from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
union all select r.rulename from pg_rules r where r.schemaname = 'public'
"""

_NULLABLE = """
select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
and a.attname = 'team_id' and not a.attnotnull
"""


class Index(NamedTuple):
    """`first` is None where an expression comes first."""

    name: str
    table: str
    first: str | None
    is_unique: bool


class ForeignKey(NamedTuple):
    name: str
    table: str
    other: str
    width: int
    first: str
    first_of_other: str


class Schema(NamedTuple):
    """`tables`: whether each has a team_id; `code`: functions, views and rules that are the schema's own."""

    tables: dict[str, bool]
    nullable: list[str]
    indexes: list[Index]
    foreign_keys: list[ForeignKey]
    code: set[str]

    @property
    def tenants(self) -> frozenset[str]:
        return frozenset(name for name, is_tenant in self.tables.items() if is_tenant)


async def read_schema(store: Store) -> Schema:
    async with store.reading() as reader:
        return Schema(
            tables={row["name"]: row["is_tenant"] for row in await reader.fetch(_TABLES)},
            nullable=[row["name"] for row in await reader.fetch(_NULLABLE)],
            indexes=[Index(**row) for row in await reader.fetch(_INDEXES)],
            foreign_keys=[ForeignKey(**row) for row in await reader.fetch(_FOREIGN_KEYS)],
            code={row["name"] for row in await reader.fetch(_CODE)},
        )


async def tenant_tables(store: Store) -> frozenset[str]:
    """Every table that has a column `team_id`."""
    return (await read_schema(store)).tenants


async def count_rows(reader: Reader, tables: frozenset[str], team_id: int) -> dict[str, int]:
    """How many rows a team has in each table."""
    counts = ", ".join(
        f"(select count(*) from {table} x where x.team_id = $1) as {table}" for table in sorted(tables)
    )
    row = await reader.fetch_row(f"select {counts}", team_id)
    assert row is not None
    return {table: row[table] for table in tables}
