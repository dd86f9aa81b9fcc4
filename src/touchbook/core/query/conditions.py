"""Conditions over the columns of a query schema, as terms of a statement."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from touchbook.core.caller import Caller
from touchbook.core.query.days import Operator, compare_instants
from touchbook.core.query.schema import Column, IndexRange, Kind, QuerySchema
from touchbook.core.query.where import Where


class Range(Struct, frozen=True, kw_only=True):
    """`first` and `last` belong to the range, `above` and `below` do not. None is open."""

    first: Any = None
    last: Any = None
    above: Any = None
    below: Any = None


class Condition(Struct, frozen=True, kw_only=True):
    """A row fulfils it by one of `values` or `ranges`, without a value (`missing`), or with any (`present`);
    `negated`, by none of `values`.
    """

    column: str
    values: Sequence[Any] = ()
    ranges: Sequence[Range] = ()
    missing: bool = False
    present: bool = False
    negated: bool = False

    @property
    def has_values_only(self) -> bool:
        return not (self.ranges or self.missing or self.present or self.negated)

    @property
    def has_ranges_only(self) -> bool:
        return bool(self.ranges) and not (self.values or self.missing or self.present)


class Viewer(Struct, frozen=True):
    """The caller, and the zone that its days are those of."""

    caller: Caller
    zone: tzinfo


def visible_rows(schema: QuerySchema[Any], viewer: Viewer, conditions: Sequence[Condition] = ()) -> Where:
    """The rows that the caller sees and that fulfil all conditions."""
    where = schema.visible(Where(viewer.caller.team_id), viewer.caller)
    return add_conditions(where, schema, schema.columns, viewer, conditions)


def add_conditions(
    where: Where,
    schema: QuerySchema[Any],
    columns: Mapping[str, Column],
    viewer: Viewer,
    conditions: Sequence[Condition],
) -> Where:
    for condition in conditions:
        column = columns.get(condition.column)
        if column is not None:
            add_condition(where, column, viewer, condition)
        else:
            _add_related(where, schema, viewer, condition)
    return where


def add_condition(where: Where, column: Column, viewer: Viewer, condition: Condition) -> Where:
    return where.add_any(_branches(where, column, condition, viewer))


def add_within(where: Where, part: IndexRange, column: Column, viewer: Viewer, condition: Condition) -> Where:
    """Add a condition that has ranges only on the column that an index range is in the order of."""
    return where.add_any(
        _add_bounds(where.branch(), part, column.kind, span, viewer.zone) for span in condition.ranges
    )


def _add_related(where: Where, schema: QuerySchema[Any], viewer: Viewer, condition: Condition) -> None:
    relation, _, rest = condition.column.partition(".")
    foreign_key, related = schema.relations[relation]
    visible = related.visible(where.branch(), viewer.caller)
    inner = add_conditions(visible, related, related.columns, viewer, [replace(condition, column=rest)])
    ids = f"select {related.key} from {related.source} where {inner.sql}"
    where.add(foreign_key.replace("{}", ids) if "{}" in foreign_key else f"{foreign_key} in ({ids})")


def _branches(where: Where, column: Column, condition: Condition, viewer: Viewer) -> list[Where]:
    missing = column.missing or f"{column.sql} is null"
    branches = _having(where, column, condition, viewer)
    for span in condition.ranges:
        branches += _in_range(where, column, span, viewer.zone)
    if condition.present:
        branches.append(where.branch().add(f"not ({missing})"))
    return [*branches, where.branch().add(missing)] if condition.missing else branches


def _having(where: Where, column: Column, condition: Condition, viewer: Viewer) -> list[Where]:
    values = [column.fold(value) for value in condition.values] if column.fold else list(condition.values)
    branches = []
    if column.match is not None:
        branches = [where.branch() for _ in values]
        for branch, value in zip(branches, values, strict=True):
            column.match(branch, value, viewer.caller)
    elif values:
        branches = [_add_values(where.branch(), column, values)]
    if not condition.negated:
        return branches
    # PostgreSQL takes an array that it does not know for ten values. It would believe that NOT leaves next to
    # nothing, and plan anew each time; of COALESCE it believes half.
    return [where.branch().add(f"not coalesce({where.branch().add_any(branches).sql}, false)")]


def _add_values(where: Where, column: Column, values: Sequence[Any]) -> Where:
    if len(values) == 1 and (column.one_of or not column.any_of):
        return where.add(column.one_of or f"{column.sql} = {{}}::{column.kind}", values[0])
    return where.add(column.any_of or f"{column.sql} = any({{}}::{column.kind}[])", values)


def _in_range(where: Where, column: Column, span: Range, zone: tzinfo) -> list[Where]:
    if not column.ranges:
        return [_add_bounds(where.branch(), IndexRange(sql=column.sql), column.kind, span, zone)]
    return [_add_bounds(where.branch().add(part.term), part, column.kind, span, zone) for part in column.ranges]


def _add_bounds(where: Where, part: IndexRange, kind: Kind, span: Range, zone: tzinfo) -> Where:
    """An open range still wants a value."""
    bounds: tuple[tuple[Operator, Any], ...]
    bounds = ((">=", span.first), ("<=", span.last), (">", span.above), ("<", span.below))
    given = [(operator, bound) for operator, bound in bounds if bound is not None]
    for operator, bound in given:
        where.add(compare(where, part, kind, operator, bound, zone))
    return where if given else where.add(f"{part.column} is not null")


def compare(where: Where, part: IndexRange, kind: Kind, operator: Operator, value: Any, zone: tzinfo) -> str:
    """The term that the value of an index range compares so with another, which may be a day of `zone`."""
    terms = []
    if part.compare is not None:
        terms = [
            f"{part.column} {each} {where.value(bound)}::{part.order_kind}"
            for each, bound in part.compare(operator, value, zone)
        ]
    if part.compare is None or not part.exact:
        found = compare_instants(operator, value, zone) if kind == "timestamptz" else [(operator, value)]
        terms += [f"{part.sql} {each} {where.value(bound)}::{kind}" for each, bound in found]
    return " and ".join(terms)
