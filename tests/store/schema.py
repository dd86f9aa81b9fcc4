"""Reads a schema from pg_catalog, so that two can be compared. The months of `events` are left out."""

from typing import Any

import asyncpg

_OURS = """c.relnamespace = 'public'::regnamespace and not (c.relispartition and c.relname <> 'events_default')
    and not exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid
        and e.deptype = 'e')"""
_PARTS = {
    "tables": f"""select c.relname, c.relkind::text, c.reloptions, pg_get_partkeydef(c.oid)
        from pg_class c where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and {_OURS}""",
    "columns": f"""select c.relname, row_number() over (partition by c.oid order by a.attnum), a.attname,
            format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text, a.attgenerated::text,
            a.attstorage::text, pg_get_expr(d.adbin, d.adrelid)
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where c.relkind in ('r', 'p') and {_OURS}""",
    "constraints": f"""select c.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated
        from pg_class c join pg_constraint k on k.conrelid = c.oid where {_OURS}""",
    "indexes": f"""select c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid
        from pg_class c join pg_index i on i.indrelid = c.oid where c.relkind in ('r', 'p') and {_OURS}""",
    "triggers": f"""select c.relname, pg_get_triggerdef(t.oid)
        from pg_class c join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal where {_OURS}""",
    "functions": """select p.proname, pg_get_functiondef(p.oid) from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.prokind = 'f' and not exists (
            select from pg_depend e
            where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')""",
    "enums": """select t.typname, array_agg(e.enumlabel::text order by e.enumsortorder)
        from pg_type t join pg_enum e on e.enumtypid = t.oid group by 1""",
    "extensions": "select extname from pg_extension",
}


async def schema_of(connection: asyncpg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {part: sorted(map(tuple, await connection.fetch(sql)), key=repr) for part, sql in _PARTS.items()}
