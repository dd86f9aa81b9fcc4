"""Takes the team pins of a statement away, one by one: what a slip of the pen would leave."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlglot import exp

from tests.isolation.proof import TEAM, find_gaps

_STRANGER = exp.Parameter(this=exp.Literal.number(99))


def find_pins(tree: Any) -> list[Any]:
    """The comparisons of a `team_id` in WHERE and ON, and what is inserted as `team_id`."""
    return [*filter(_compares_team, tree.find_all(exp.EQ)), *_inserted_teams(tree)]


def surviving_ways(tree: Any, pin: Any, tenants: frozenset[str]) -> list[str]:
    """How `pin` can be spoilt without the proof noticing."""
    survivors = []
    for way, spoilt in _mutations(pin):
        with _replaced(pin, spoilt):
            if not find_gaps(tree, tenants):
                survivors.append(way)
    return survivors


def is_backed(tree: Any, pin: Any, tenants: frozenset[str]) -> bool:
    """Whether the proof rests on other pins when `pin` is gone: with one of those gone too, it fails."""
    others = [other for other in find_pins(tree) if other is not pin]
    with _replaced(pin, _absent(pin)):
        return any(_is_needed(tree, other, tenants) for other in others)


def _is_needed(tree: Any, pin: Any, tenants: frozenset[str]) -> bool:
    with _replaced(pin, _absent(pin)):
        return bool(find_gaps(tree, tenants))


@contextmanager
def _replaced(node: Any, other: Any) -> Iterator[None]:
    node.replace(other)
    try:
        yield
    finally:
        other.replace(node)


def _absent(pin: Any) -> Any:
    return exp.true() if isinstance(pin, exp.EQ) else _STRANGER.copy()


def _mutations(pin: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(pin, exp.EQ):
        yield "another value", _STRANGER.copy()
        return
    yield "dropped", exp.true()
    yield "or true", exp.paren(exp.or_(pin.copy(), exp.true()))
    if any(_is_caller(side) for side in pin.unnest_operands()):
        left, right = (_STRANGER if _is_caller(side) else side for side in (pin.this, pin.expression))
        yield "another value", exp.EQ(this=left.copy(), expression=right.copy())


def _is_caller(node: Any) -> bool:
    return isinstance(node, exp.Parameter) and node.name == "1"


def _compares_team(comparison: Any) -> bool:
    if isinstance(comparison.parent, (exp.Update, exp.OnConflict)):
        return False
    return any(isinstance(side, exp.Column) and side.name == TEAM for side in comparison.unnest_operands())


def _inserted_teams(tree: Any) -> Iterator[Any]:
    for insert in tree.find_all(exp.Insert):
        columns = [column.name for column in insert.this.expressions]
        for row in _rows(insert.expression) if TEAM in columns else ():
            yield row.expressions[columns.index(TEAM)]


def _rows(values: Any) -> list[Any]:
    if isinstance(values, exp.Values):
        return list(values.expressions)
    if isinstance(values, exp.SetOperation):
        return [*_rows(values.this), *_rows(values.expression)]
    return [values.unnest() if isinstance(values, exp.Subquery) else values]


def smuggled_ways(tree: Any, tenants: frozenset[str]) -> tuple[int, list[str]]:
    """How many values of a statement were given to a function that runs SQL, and those of which the proof did not
    notice it.
    """
    values = [value for value in tree.find_all(exp.Parameter) if not _is_caller(value)]
    survivors = []
    for value in values:
        with _replaced(value, exp.Anonymous(this="query_to_xml", expressions=[value.copy()])):
            if not find_gaps(tree, tenants):
                survivors.append(value.sql(dialect="postgres"))
    return len(values), survivors
