"""Triggers that note in the database of tests which rows change: nothing of it is in the product's schema.

A statement leaves one row for each set of columns that it changed, with the statement itself: what tests write
on their own is told apart by that.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tests.witness.watched import WATCHED, Watched

# Every verb writes these; by themselves they tell nothing.
_KEPT = {"updated_at", "updated_by"}

_COLUMNS = """
select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns, (
    select array_agg(k.attname::text) from pg_index i join pg_attribute k on k.attrelid = c.oid
        and k.attnum = any(i.indkey) where i.indrelid = c.oid and i.indisprimary) as key
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    and not a.attisdropped and a.attgenerated = ''
where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') group by c.oid, c.relname
"""

_TABLES = """
create schema witness;
create unlogged table witness.noted (
    tx xid8 not null default pg_current_xact_id(),
    noun text not null,
    of_table text not null,
    change text not null,
    team_id bigint,
    records bigint[] not null,
    columns text[] not null,
    statement text not null default current_query()
);
create unlogged table witness.forgotten (tx xid8, team_id bigint, kind text, subject text, subject_id bigint);
"""

_NOTE = """
create function witness.{table}_{change}() returns trigger language plpgsql as $$ begin
    insert into witness.noted (noun, of_table, change, team_id, records, columns)
    select '{noun}', '{table}', '{change}', {team}, array_agg(distinct x.{record}), {columns}
    from {rows} where {counts} group by 4, 6;
    return null;
end $$;
create trigger witness_{change} after {change} on public.{table} referencing {transitions}
    for each statement execute function witness.{table}_{change}();
"""

# Upkeep and some tests remove events: that they were there is still known.
_REMEMBER = """
create function witness.{table}_delete() returns trigger language plpgsql as $$ begin
    insert into witness.forgotten select x.tx, x.team_id, x.kind, x.subject, x.subject_id from gone x;
    return null;
end $$;
create trigger witness_delete after delete on public.{table} referencing old table as gone
    for each statement execute function witness.{table}_delete();
"""


async def install(connection: Any) -> None:
    """Into a database whose schema stands, once."""
    tables = {row["table"]: row for row in await connection.fetch(_COLUMNS)}
    parts = [_TABLES, *(_REMEMBER.format(table=table) for table in ("events", "events_default"))]
    for watched in WATCHED:
        table = tables[watched.table]
        parts += _triggers(watched, table["columns"], table["key"])
    await connection.execute("\n".join(parts))


def _triggers(watched: Watched, columns: Sequence[str], key: Sequence[str]) -> Iterator[str]:
    common = {
        "noun": watched.noun,
        "table": watched.table,
        "record": watched.record,
        "team": f"x.{watched.team}" if watched.team else "null::bigint",
        "counts": watched.counts,
    }
    whole = "array[]::text[]"
    if "insert" not in watched.untold:
        rows, seen = "new_rows x", "new table as new_rows"
        yield _NOTE.format(**common, change="insert", columns=whole, rows=rows, transitions=seen)
    if "delete" not in watched.untold:
        rows, seen = "old_rows x", "old table as old_rows"
        yield _NOTE.format(**common, change="delete", columns=whole, rows=rows, transitions=seen)
    told = [name for name in columns if name not in _KEPT and name not in watched.derived]
    differing = ", ".join(f"case when o.{name} is distinct from x.{name} then '{name}' end" for name in told)
    same = " and ".join(f"o.{name} = x.{name}" for name in key)
    pairs = f"new_rows x join old_rows o on {same}"
    # What has been deleted is not there any more, whatever is made of it.
    there = "(o.deleted_at is null or x.deleted_at is null) and " if "deleted_at" in columns else ""
    counts = f"{there}{watched.counts} and ({_row('o', told)}) is distinct from ({_row('x', told)})"
    yield _NOTE.format(
        **{**common, "counts": counts},
        change="update",
        columns=f"array_remove(array[{differing}], null)",
        rows=pairs,
        transitions="old table as old_rows new table as new_rows",
    )


def _row(alias: str, columns: Sequence[str]) -> str:
    return "row(" + ", ".join(f"{alias}.{name}" for name in columns) + ")"
