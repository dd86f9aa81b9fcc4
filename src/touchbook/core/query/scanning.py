"""Where the rows of a list are found: in the schema's own source or along an access path, in one part or in
several index ranges.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct

from touchbook.core.query.conditions import Condition, Viewer, add_condition, add_conditions, add_within
from touchbook.core.query.schema import AccessPath, Column, IndexRange, QuerySchema
from touchbook.core.query.where import Where
from touchbook.core.query.windows import Order


class Part(NamedTuple):
    """Rows that an index range has in order; without one they are all rows."""

    where: Where
    range: IndexRange | None


class Scan(Struct, frozen=True):
    """The parts have together each row that is asked for once, under the id `key`; their values are in `where`.

    `columns` are those of the source. `whole`: it has the columns that the schema selects, and an index has its
    rows in order; else ids alone are sorted. `afresh`: a value decides how the rows are best found.
    """

    where: Where
    source: str
    key: str
    columns: Mapping[str, Column]
    parts: Sequence[Part]
    whole: bool
    afresh: bool

    @property
    def ids(self) -> str:
        return " union all ".join(
            f"select {self.key} as id from {self.source} where {part.where.sql}" for part in self.parts
        )


class _Chosen(NamedTuple):
    """An access path, with the condition that it takes the place of."""

    path: AccessPath
    condition: Condition


def scan_all(schema: QuerySchema[Any], viewer: Viewer, conditions: Sequence[Condition]) -> Scan:
    """The rows in no order."""
    chosen = _choose_path(schema, conditions)
    order = chosen.path.order if chosen else _find_order(schema, conditions)
    return _scan(schema, viewer, conditions, chosen, order, ())


def scan_in_order(
    schema: QuerySchema[Any], viewer: Viewer, conditions: Sequence[Condition], orders: Sequence[Order]
) -> Scan:
    """The rows as they are read for a page. Where an access path has them in another order, they are all found by
    it and sorted; the index of ids, which every list without an order has, is as good as any path.
    """
    chosen = _choose_path(schema, conditions) if orders else None
    columns = _columns(schema, chosen)
    order = orders[0].column if orders and columns[orders[0].column].ranges else None
    if chosen is None or order in chosen.path.columns:
        return _scan(schema, viewer, conditions, chosen, order, orders)
    found = scan_all(schema, viewer, conditions)
    where = schema.visible(found.where.branch(), viewer.caller)
    source = f"{schema.source} join ({found.ids}) found on found.id = {schema.key}"
    return Scan(where, source, schema.key, schema.columns, [Part(where, None)], False, found.afresh)


def _choose_path(schema: QuerySchema[Any], conditions: Sequence[Condition]) -> _Chosen | None:
    for condition in conditions:
        path = schema.paths.get(condition.column)
        if path is not None and condition.has_values_only and len(condition.values) == 1:
            return _Chosen(path, condition)
    return None


def _columns(schema: QuerySchema[Any], chosen: _Chosen | None) -> Mapping[str, Column]:
    return {**schema.columns, **chosen.path.columns} if chosen else schema.columns


def _find_order(schema: QuerySchema[Any], conditions: Sequence[Condition]) -> str | None:
    """The column by whose ranges the rows are found, because a condition bounds it or leads its indexes."""
    for condition in conditions:
        column = schema.columns.get(condition.column)
        if column is not None and column.ranges and condition.has_ranges_only:
            return condition.column
    for condition in conditions:
        for name, column in schema.columns.items():
            if condition.column in column.ranges_by and condition.has_values_only:
                return name
    return None


def _scan(
    schema: QuerySchema[Any],
    viewer: Viewer,
    conditions: Sequence[Condition],
    chosen: _Chosen | None,
    order: str | None,
    orders: Sequence[Order],
) -> Scan:
    columns = _columns(schema, chosen)
    rest = [each for each in conditions if chosen is None or each is not chosen.condition]
    ranges = _choose_ranges(columns[order], rest) if order else ()
    narrowing = [each for each in rest if _narrows(each, order, ranges)]
    filters = [each for each in rest if each not in narrowing]
    beside = chosen is not None and _are_beside(chosen.path, rest, orders)
    where, source, key = _found_in(schema, viewer, chosen, beside=beside)
    add_conditions(where, schema, columns, viewer, filters)
    parts = list(_split(where, columns, viewer, order, ranges, narrowing)) if order else [Part(where, None)]
    afresh = any(_is_varied(columns, each, orders) for each in filters)
    return Scan(where, source, key, columns, parts or [Part(where.add("false"), None)], not beside, afresh)


def _found_in(
    schema: QuerySchema[Any], viewer: Viewer, chosen: _Chosen | None, *, beside: bool
) -> tuple[Where, str, str]:
    """The terms, the source and the id in it: of a path alone (`beside`), of both, or of the schema alone."""
    where = Where(viewer.caller.team_id)
    if chosen is None:
        return schema.visible(where, viewer.caller), schema.source, schema.key
    path = chosen.path
    where.add(path.term, chosen.condition.values[0])
    if beside:
        return where, path.source, path.key
    same = f"{_team(path.key)} = {_team(schema.key)} and {path.key} = {schema.key}"
    source = f"{schema.source} join {path.source} on {same}"
    return schema.visible(where, viewer.caller), source, path.key


def _team(key: str) -> str:
    """Return the column of the team in the table that the id `key` is of."""
    return f"{key.partition('.')[0]}.team_id"


def _are_beside(path: AccessPath, conditions: Sequence[Condition], orders: Sequence[Order]) -> bool:
    """Whether the source of a path has all columns that are asked for."""
    own: Collection[str] = path.columns
    asked = [*(each.column for each in conditions), *(each.column for each in orders)]
    return all(name in own for name in asked)


def _choose_ranges(column: Column, conditions: Sequence[Condition]) -> Sequence[IndexRange]:
    for condition in conditions:
        if condition.column in column.ranges_by and condition.has_values_only:
            return column.ranges_by[condition.column]
    return column.ranges


def _narrows(condition: Condition, order: str | None, ranges: Sequence[IndexRange]) -> bool:
    """Whether a condition has a term of its own in each range: the bounds of it, or the choice among them."""
    if condition.column == order:
        return condition.has_ranges_only
    return condition.has_values_only and any(condition.column in part.only for part in ranges)


def _split(
    where: Where,
    columns: Mapping[str, Column],
    viewer: Viewer,
    order: str,
    ranges: Sequence[IndexRange],
    conditions: Sequence[Condition],
) -> Iterator[Part]:
    for part in ranges:
        if any(_excludes(part, each) for each in conditions):
            continue
        within = where.branch()
        within.terms = [*where.terms, part.term]
        for each in conditions:
            if each.column == order:
                add_within(within, part, columns[order], viewer, each)
            elif not _implies(part, each):
                add_condition(within, columns[each.column], viewer, each)
        yield Part(within, part)


def _excludes(part: IndexRange, condition: Condition) -> bool:
    return condition.column in part.only and not set(part.only[condition.column]) & set(condition.values)


def _implies(part: IndexRange, condition: Condition) -> bool:
    return condition.column in part.only and set(part.only[condition.column]) <= set(condition.values)


def _is_varied(columns: Mapping[str, Column], condition: Condition, orders: Sequence[Order]) -> bool:
    """Bounds of the order are those of its index, and what is negated leaves most rows."""
    if condition.negated or (orders and condition.column == orders[0].column and condition.has_ranges_only):
        return False
    return condition.column not in columns or columns[condition.column].varied
