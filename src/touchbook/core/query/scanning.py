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

    `columns` are those of the source. `whole`: it has the columns that the schema selects. `afresh`: a value
    decides how the rows are best found.
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
    return Scan(where, source, schema.key, schema.columns, [Part(where, None)], True, found.afresh)


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
    other = [each for each in rest if each not in narrowing]
    where, source, key = Where(viewer.caller.team_id), schema.source, schema.key
    whole = chosen is None or not _are_beside(chosen.path, schema, rest, orders)
    if chosen is not None:
        source = (
            f"{schema.source} join {chosen.path.source} on {chosen.path.key} = {schema.key}"
            if whole
            else chosen.path.source
        )
        where.add(chosen.path.term, chosen.condition.values[0])
        key = chosen.path.key
    if whole:
        schema.visible(where, viewer.caller)
    add_conditions(where, schema, columns, viewer, other)
    parts = list(_split(where, columns, viewer, order, ranges, narrowing)) if order else [Part(where, None)]
    if not parts:
        parts = [Part(where.add("false"), None)]
    afresh = any(_is_varied(columns, each, orders) for each in other)
    return Scan(where, source, key, columns, parts, whole, afresh)


def _are_beside(
    path: AccessPath, schema: QuerySchema[Any], conditions: Sequence[Condition], orders: Sequence[Order]
) -> bool:
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
            elif not set(part.only.get(each.column, ())) <= set(each.values) or each.column not in part.only:
                add_condition(within, columns[each.column], viewer, each)
        yield Part(within, part)


def _excludes(part: IndexRange, condition: Condition) -> bool:
    return condition.column in part.only and not set(part.only[condition.column]) & set(condition.values)


def _is_varied(columns: Mapping[str, Column], condition: Condition, orders: Sequence[Order]) -> bool:
    """Bounds of the order are those of its index, and what is negated leaves most rows."""
    if condition.negated or (orders and condition.column == orders[0].column and condition.has_ranges_only):
        return False
    return condition.column not in columns or columns[condition.column].varied
