"""The rules by which a statement goes to the one node that has a team's rows (STYLE.md, "SQL that routes")."""

import re
from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from tests.isolation.proof import TEAM

QUEUE = "pgqueuer"
# Every team's: on a node that has all of them beside the team's own, or on the first node alone.
EVERYWHERE = frozenset({"members", "keys"})


def find_breaches(tree: Any, tenants: frozenset[str]) -> list[str]:
    """`tenants` are the tables whose rows belong to a team."""
    own = tenants - EVERYWHERE
    return sorted({breach for rule in _RULES for breach in rule(tree, own)})


def _correlated(tree: Any, own: frozenset[str]) -> Iterator[str]:
    for select in tree.find_all(exp.Select):
        functions = {_alias(source) for source in _sources(select) if _is_function(source)}
        for inner in _below(select, exp.Select):
            if _tables(inner, own) and functions & {column.table.lower() for column in inner.find_all(exp.Column)}:
                yield "a subquery refers to rows of a set-returning function: take EXCEPT or array(select ...)"


def _computed_in_insert(tree: Any, _own: frozenset[str]) -> Iterator[str]:
    for insert in tree.find_all(exp.Insert):
        values, returning = insert.args.get("expression"), insert.args.get("returning")
        if isinstance(values, exp.Values) and values.find(exp.Select):
            yield "VALUES holds a subquery: ask before the insert"
        if returning is not None and returning.find(exp.Select):
            yield "RETURNING of an insert holds a subquery: read the row after it"


def _moved_instants(tree: Any, _own: frozenset[str]) -> Iterator[str]:
    """An instant and an interval add up by the session's zone, unless the instant is taken in a zone before."""
    for node in tree.find_all(exp.Update, exp.OnConflict):
        for assignment in node.expressions:
            for moved in assignment.find_all(exp.Add, exp.Sub):
                if moved.find(exp.Column) and _is_moved_instant(assignment, moved):
                    yield "SET adds an interval to an instant: (x at time zone 'UTC' + y) at time zone 'UTC'"


def _is_moved_instant(assignment: Any, moved: Any) -> bool:
    name = assignment.this.name.lower()
    return (name.endswith("_at") or name == "at") and not isinstance(moved.this.unnest(), exp.AtTimeZone)


def _joined_apart(tree: Any, own: frozenset[str]) -> Iterator[str]:
    """Tables of one block, of which none is tied to another by way of a third."""
    for block in tree.find_all(exp.Select, exp.Update, exp.Delete):
        apart = [
            {_alias(source)}
            for source in _sources(block)
            if isinstance(source, exp.Table) and _tables(source, own)
        ]
        for tie in _ties(block):
            apart = [
                *(each for each in apart if not each & tie),
                set().union(tie, *(each for each in apart if each & tie)),
            ]
        if len(apart) > 1:
            yield f"joined tables do not say a.team_id = b.team_id: {sorted(map(sorted, apart))}"


def _ties(block: Any) -> Iterator[set[str]]:
    for equal in block.find_all(exp.EQ):
        sides = [
            side
            for side in (equal.left, equal.right)
            if isinstance(side, exp.Column) and side.name.lower() == TEAM
        ]
        if len(sides) == 2 and equal.find_ancestor(exp.Select, exp.Update, exp.Delete) is block:
            yield {side.table.lower() for side in sides}


def _inserted_apart(tree: Any, own: frozenset[str]) -> Iterator[str]:
    for insert in tree.find_all(exp.Insert):
        schema, rows = insert.this, insert.args.get("expression")
        if not isinstance(schema, exp.Schema) or not isinstance(rows, exp.Select):
            continue
        columns = [column.name.lower() for column in schema.expressions]
        tables = [source for source in _sources(rows) if isinstance(source, exp.Table) and _name(source) in own]
        given = rows.expressions[columns.index(TEAM)].unalias() if TEAM in columns else None
        if tables and not (isinstance(given, exp.Column) and given.name.lower() == TEAM):
            yield "rows that are inserted take team_id from $1, not from the table that they are read from"


def _with_queue(tree: Any, own: frozenset[str]) -> Iterator[str]:
    if not _tables(tree, own):
        return
    for table in tree.find_all(exp.Table):
        if _name(table).startswith(QUEUE):
            cte = table.find_ancestor(exp.CTE)
            if cte is None or not cte.args.get("materialized") or not cte.this.args.get("where"):
                yield "the queue and a tenant table meet outside of a materialized WITH query that has a condition"


def _asked_alone(tree: Any, _own: frozenset[str]) -> Iterator[str]:
    for exists in tree.find_all(exp.Exists):
        block = exists.find_ancestor(exp.Select, exp.Update, exp.Delete)
        inner = exists.this.unnest()
        while isinstance(inner, exp.SetOperation):
            inner = inner.left.unnest()
        if isinstance(block, exp.Select) and not block.args.get("from_") and not inner.expressions:
            yield "EXISTS alone asks for no column: exists (select 1 from ...)"


def _ordered_by_transactions(tree: Any, _own: frozenset[str]) -> Iterator[str]:
    """Each node counts its transactions by itself."""
    columns = {column.name.lower() for column in tree.find_all(exp.Column)}
    functions = {call.name.lower() for call in tree.find_all(exp.Anonymous)}
    if columns & {"tx", "xmin", "xmax"} or any(_TRANSACTIONS.match(each) for each in functions):
        yield "rows are told apart by transaction numbers"


_TRANSACTIONS = re.compile("pg_current_xact|pg_snapshot|pg_xact|pg_visible_in|txid_")
_RULES = (
    _correlated,
    _computed_in_insert,
    _moved_instants,
    _joined_apart,
    _inserted_apart,
    _with_queue,
    _asked_alone,
    _ordered_by_transactions,
)


def _below(block: Any, kind: Any) -> Iterator[Any]:
    """Queries within the block's own expressions, but not the block itself or its WITH queries."""
    for found in block.find_all(kind):
        if found is not block and found.find_ancestor(exp.CTE) is block.find_ancestor(exp.CTE):
            yield found


def _sources(block: Any) -> list[Any]:
    """What stands in FROM, USING or as the target."""
    start = block.args.get("from_")
    found = [start.this] if start else []
    if isinstance(block, (exp.Update, exp.Delete)):
        found = [block.this, *found, *(block.args.get("using") or ())]
    for source in list(found):
        found += [join.this for join in source.args.get("joins") or ()]
    return [*found, *(join.this for join in block.args.get("joins") or ())]


def _tables(node: Any, own: frozenset[str]) -> list[str]:
    return [_name(table) for table in node.find_all(exp.Table) if _name(table) in own]


def _is_function(source: Any) -> bool:
    if isinstance(source, (exp.Unnest, exp.TableFromRows)):
        return True
    return isinstance(source, exp.Table) and isinstance(source.this, (exp.Func, exp.Anonymous))


def _name(table: Any) -> str:
    return str(table.name).lower()


def _alias(source: Any) -> str:
    return str(source.alias_or_name).lower()
