"""Finds what a statement reads beyond the tables that it names: by a text that is run as SQL, from files, from
large objects and statistics.

PostgreSQL has hundreds of functions, and any extension brings more, of which some run a text as SQL
(`query_to_xml`, `ts_stat`, `dblink`) or read the disk (`pg_read_file`, `lo_import`). So those are listed that are
known to do neither; sqlglot's own classes are of standard functions, which do not either.
"""

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

KNOWN_FUNCTIONS = frozenset(
    {
        *("all", "array_replace", "cardinality", "hashtextextended", "json_build_array", "json_build_object"),
        *("jsonb_agg", "jsonb_build_array", "jsonb_build_object", "jsonb_strip_nulls", "jsonb_to_recordset"),
        # About the database itself, without a row of a table.
        *("gin_clean_pending_list", "pg_advisory_xact_lock", "pg_export_snapshot", "pg_has_role"),
        *("pg_try_advisory_xact_lock", "to_regclass"),
    }
)
# Names of tables, indexes and partitions. Others hold values (pg_stats) or statements (pg_stat_activity).
KNOWN_CATALOGS = frozenset({"pg_am", "pg_class", "pg_index", "pg_inherits"})
_CATALOG_SCHEMAS = frozenset({"pg_catalog", "information_schema", "pg_toast"})
KINDS = (exp.Anonymous, exp.AnonymousAggFunc, exp.Into, exp.Copy)


def reach_beyond(node: Any) -> Iterator[str]:
    """Say why a node, a table or one of KINDS, may reach rows that the statement does not name."""
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        if node.name.lower() not in KNOWN_FUNCTIONS:
            yield f"{node.name.lower()}() is not known to run no SQL and to read no file"
    elif isinstance(node, exp.Into):
        yield "SELECT INTO makes a table"
    elif isinstance(node, exp.Copy):
        if [place.name.lower() for place in node.args["files"]] != ["stdin"]:
            yield "COPY from or to something other than the client"
    elif _is_catalog(node) and node.name.lower() not in KNOWN_CATALOGS:
        yield f"{node.name.lower()} is of the database itself"


def _is_catalog(table: Any) -> bool:
    return table.name.lower().startswith("pg_") or table.db.lower() in _CATALOG_SCHEMAS
