"""Proves of one statement that every row it reads or writes belongs to the team in `$1`.

A tenant table is pinned when `team_id = $1` follows from what every row of the result must satisfy: the
AND-ed equalities of WHERE and of inner joins. The ON of a left join says so of its right side alone;
that of a right or full join says nothing. What the proof does not understand counts as unproven, and so does
what may read beyond the tables that are named (dynamic.py).
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlglot
from sqlglot import exp

from tests.isolation.dynamic import KINDS, reach_beyond

TEAM = "team_id"
_PINNED = "$1"
_BLOCKS = (exp.Select, exp.SetOperation, exp.Insert, exp.Update, exp.Delete)
# It warns of what it passes on unparsed; that is a gap here anyway.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
_INTEGERS = (exp.DataType.Type.BIGINT, exp.DataType.Type.INT)


class Gap(NamedTuple):
    """A tenant table that a statement does not pin; `*` when the whole statement is in doubt."""

    table: str
    reason: str


class Output(NamedTuple):
    """A column of a query's result, and whether it can only hold the team (or NULL)."""

    name: str
    pinned: bool


@dataclass(frozen=True)
class Scope:
    """What holds around a block: pinned terms (`$1`, `t.team_id`), and the outputs of each WITH query."""

    terms: frozenset[str] = frozenset({_PINNED})
    named: Mapping[str, list[Output]] = field(default_factory=dict)


class Equality(NamedTuple):
    """`only`: the one source it says something of, None for all."""

    left: str
    right: str
    only: str | None = None


def parse(sql: str) -> Any:
    """The statement's tree, or None. Spaces around `$n`, for sqlglot takes `$1,$` for a quoted string."""
    try:
        trees = sqlglot.parse(re.sub(r"\$(\d+)", r" $\1 ", sql), dialect="postgres")
    except sqlglot.errors.SqlglotError:
        return None
    return trees[0] if len(trees) == 1 else None


def find_gaps(tree: Any, tenants: frozenset[str]) -> list[Gap]:
    if not isinstance(tree, (*_BLOCKS, exp.Subquery, exp.Copy)):
        return [Gap("*", "the statement cannot be parsed")]
    return _Proof(tenants).gaps_of(tree)


class _Proof:
    def __init__(self, tenants: frozenset[str]) -> None:
        self._tenants = tenants
        self._gaps: list[Gap] = []
        self._seen: set[int] = set()

    def gaps_of(self, tree: Any) -> list[Gap]:
        self._query(tree, Scope())
        for node in tree.find_all(exp.Table, *KINDS):
            if self._is_tenant(node) and id(node) not in self._seen and not node.find_ancestor(exp.Lock):
                self._gaps.append(Gap(_name(node), "stands where the proof does not look"))
            self._gaps += [Gap("*", reason) for reason in reach_beyond(node)]
        return self._gaps

    def _is_tenant(self, source: Any) -> bool:
        return isinstance(source, exp.Table) and _name(source) in self._tenants

    def _query(self, node: Any, scope: Scope) -> list[Output]:
        if isinstance(node, exp.Subquery):
            return self._query(node.this, self._with(node, scope))
        if isinstance(node, exp.SetOperation):
            return self._union(node, self._with(node, scope))
        if isinstance(node, exp.Insert):
            return self._insert(node, self._with(node, scope))
        if isinstance(node, (exp.Select, exp.Update, exp.Delete)):
            return self._block(node, self._with(node, scope))
        return []

    def _with(self, node: Any, scope: Scope) -> Scope:
        clause = node.args.get("with_")
        for query in clause.expressions if clause else ():
            if query.alias.lower() in self._tenants:
                self._gaps.append(Gap(query.alias.lower(), "a WITH query has the name of a tenant table"))
            outputs = self._query(query.this, scope)
            known = [] if query.args["alias"].columns else outputs
            scope = Scope(scope.terms, {**scope.named, query.alias.lower(): known})
        return scope

    def _union(self, node: Any, scope: Scope) -> list[Output]:
        left, right = self._query(node.this, scope), self._query(node.expression, scope)
        self._nested(node, scope, past=("this", "expression", "with_"))
        if len(left) != len(right):
            return []
        return [Output(a.name, a.pinned and b.pinned) for a, b in zip(left, right, strict=True)]

    def _block(self, node: Any, scope: Scope) -> list[Output]:
        sources = list(_sources(node))
        own = {_alias(source) for source, _ in sources}
        terms = {term for term in scope.terms if term.partition(".")[0] not in own}
        for source, _ in sources:
            terms |= self._outputs(source, scope)
        default = self._only_tenant(sources)
        inner = Scope(_closure(terms, _equalities(node, sources, default)), scope.named)
        for source, join in sources:
            self._source(source, join, inner)
        self._nested(node, inner, past=("with_", "from_", "joins", "using", "this"))
        self._check_assignments(node, inner, default)
        return _projected(node, inner, default)

    def _outputs(self, source: Any, scope: Scope) -> set[str]:
        """What a derived table, or the name of a WITH query, brings as pinned."""
        if isinstance(source, exp.Subquery) and isinstance(source.this, (*_BLOCKS, exp.Subquery)):
            outputs = self._query(source, scope)
        elif isinstance(source, exp.Table):
            outputs = scope.named.get(_name(source), [])
        else:
            return set()
        renamed = bool(source.args.get("alias") and source.args["alias"].columns)
        return set() if renamed else {f"{_alias(source)}.{each.name}" for each in outputs if each.pinned}

    def _only_tenant(self, sources: Iterable[tuple[Any, Any]]) -> str | None:
        """Whose column a bare `team_id` is: PostgreSQL refuses it where there are two."""
        names = [_alias(source) for source, _ in sources if self._is_tenant(source)]
        return names[0] if len(names) == 1 else None

    def _source(self, source: Any, join: Any, scope: Scope) -> None:
        if isinstance(source, exp.Table):
            self._check_table(source, scope)
        if not isinstance(source, exp.Subquery):
            self._nested(source, scope, past=("joins",))
        if join is not None:
            self._nested(join, scope, past=("this",))

    def _check_table(self, table: Any, scope: Scope) -> None:
        self._seen.add(id(table))
        renamed = bool(table.args.get("alias") and table.args["alias"].columns)
        if self._is_tenant(table) and (renamed or f"{_alias(table)}.{TEAM}" not in scope.terms):
            self._gaps.append(Gap(_name(table), f"team_id of {_alias(table)} is not pinned to $1"))

    def _nested(self, node: Any, scope: Scope, *, past: tuple[str, ...] = ()) -> None:
        """Proves the queries inside the expressions of `node`."""
        for argument, value in node.args.items():
            if argument in past:
                continue
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, _BLOCKS):
                    self._query(part, scope)
                elif isinstance(part, exp.Expression):
                    self._nested(part, scope)

    def _insert(self, node: Any, scope: Scope) -> list[Output]:
        schema, values = node.this, node.args.get("expression")
        table = schema.this if isinstance(schema, exp.Schema) else schema
        self._seen.add(id(table))
        given = self._given(values, scope)
        columns = [column.name.lower() for column in schema.expressions] if isinstance(schema, exp.Schema) else []
        if self._is_tenant(table) and not _gives_team(columns, given):
            self._gaps.append(Gap(_name(table), "the inserted team_id is not $1"))
        self._nested(node, scope, past=("this", "expression", "with_"))
        if node.args.get("conflict") and self._is_tenant(table):
            self._check_conflict(node.args["conflict"], table, scope)
        return []

    def _given(self, values: Any, scope: Scope) -> list[list[bool]]:
        """For each inserted row, or each kind of row, which of its values are the team."""
        if isinstance(values, exp.Values):
            self._nested(values, scope)
            return [[_term(value, None) in scope.terms for value in row.expressions] for row in values.expressions]
        return [[output.pinned for output in self._query(values, scope)]] if values else []

    def _check_conflict(self, conflict: Any, table: Any, scope: Scope) -> None:
        """The row in the way is the team's own if the key that it shares has the team in it."""
        keys = {
            column.name.lower() for key in conflict.args.get("conflict_keys") or () for column in _columns(key)
        }
        if conflict.expressions and TEAM not in keys:
            self._gaps.append(Gap(_name(table), "ON CONFLICT updates by a key without team_id"))
        self._check_assignments(conflict, scope, None)

    def _check_assignments(self, node: Any, scope: Scope, default: str | None) -> None:
        if not isinstance(node, (exp.Update, exp.OnConflict)):
            return
        for assignment in node.expressions:
            target, value = assignment.this, assignment.args.get("expression")
            moves = any(column.name.lower() == TEAM for column in _columns(target))
            if moves and not (isinstance(target, exp.Column) and _term(value, default) in scope.terms):
                self._gaps.append(Gap("*", "team_id is set to something other than $1"))


def _gives_team(columns: list[str], given: list[list[bool]]) -> bool:
    if TEAM not in columns or not given:
        return False
    position = columns.index(TEAM)
    return all(position < len(row) and row[position] for row in given)


def _projected(node: Any, scope: Scope, default: str | None) -> list[Output]:
    if not isinstance(node, exp.Select) or any(part.find(exp.Star) for part in node.expressions):
        return []
    return [
        Output(part.alias_or_name.lower(), _term(part.unalias(), default) in scope.terms)
        for part in node.expressions
    ]


def _sources(node: Any) -> Iterator[tuple[Any, Any]]:
    """What stands in FROM, USING or as the target, each with its join, if it has one."""
    start = node.args.get("from_")
    first = [start.this] if start else []
    if isinstance(node, (exp.Update, exp.Delete)):
        first = [node.this, *first, *(node.args.get("using") or ())]
    for source in first:
        yield source, None
        if isinstance(source, exp.Table):
            yield from ((join.this, join) for join in source.args.get("joins") or ())
    yield from ((join.this, join) for join in node.args.get("joins") or ())


def _equalities(node: Any, sources: list[tuple[Any, Any]], default: str | None) -> list[Equality]:
    where = node.args.get("where")
    found = list(_read(where.this, default, None)) if where else []
    for source, join in sources:
        if join is not None and join.args.get("on") is not None and join.side in ("", "LEFT"):
            found += _read(join.args["on"], default, _alias(source) if join.side else None)
    return found


def _read(condition: Any, default: str | None, only: str | None) -> Iterator[Equality]:
    for conjunct in _conjuncts(condition):
        if isinstance(conjunct, exp.EQ):
            left, right = _term(conjunct.this, default), _term(conjunct.expression, default)
            if left and right:
                yield Equality(left, right, only)


def _conjuncts(condition: Any) -> Iterator[Any]:
    if isinstance(condition, exp.And):
        yield from _conjuncts(condition.this)
        yield from _conjuncts(condition.expression)
    elif isinstance(condition, exp.Paren):
        yield from _conjuncts(condition.this)
    else:
        yield condition


def _closure(terms: Iterable[str], equalities: list[Equality]) -> frozenset[str]:
    """All that is equal to something pinned."""
    pinned = set(terms)
    while True:
        ways = [(a, b, only) for left, right, only in equalities for a, b in ((left, right), (right, left))]
        more = {b for a, b, only in ways if a in pinned and only in (None, b.partition(".")[0])} - pinned
        if not more:
            return frozenset(pinned)
        pinned |= more


def _term(node: Any, default: str | None) -> str | None:
    """`$1` or `alias.column`; None for anything that is more than a name."""
    if isinstance(node, exp.Parameter):
        return f"${node.name}"
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Parameter) and node.to.this in _INTEGERS:
        return f"${node.this.name}"
    if isinstance(node, exp.Column) and node.table:
        return f"{node.table}.{node.name}".lower()
    if isinstance(node, exp.Column) and node.name.lower() == TEAM and default:
        return f"{default}.{TEAM}"
    return None


def _columns(node: Any) -> Iterator[Any]:
    yield from node.find_all(exp.Column)


def _name(table: Any) -> str:
    return str(table.name).lower()


def _alias(source: Any) -> str:
    return str(source.alias_or_name).lower()
