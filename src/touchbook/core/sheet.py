"""A noun as lists have it: what may be asked of it, what it is ordered by, and whose rows are seen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.where import Where

Record = TypeVar("Record")
Kind = Literal["bigint", "boolean", "date", "numeric", "text", "timestamptz"]


class Stream(Struct, frozen=True, kw_only=True):
    """Those rows of which `term` holds; in them an index is in the order of a column, whose value is `sql`.

    `order` is what that index has, where it is not the value itself; `near(operator, value)` then is a wider term
    that the index understands.
    """

    term: str
    sql: str
    nullable: bool = False
    order: str = ""
    near: Callable[[str, str], str] | None = None


class Column(Struct, frozen=True, kw_only=True):
    """`sql` is an expression over the sheet's row; without one it can be asked for and not ordered by.

    `any_of`: the term that it has one of the values, whose array is `{}`; `one_of`: that it has this one, where it
    is found faster; `missing`: the term that it has none. `fold`: what a text is compared as. A column that is not
    `nullable` has a value in every row. `streams` part the rows, where no index has them all in order.
    """

    sql: str = ""
    kind: Kind = "text"
    nullable: bool = True
    any_of: str = ""
    one_of: str = ""
    missing: str = ""
    fold: Callable[[str], str] | None = None
    streams: Sequence[Stream] = ()


class Lead(Struct, frozen=True, kw_only=True):
    """Where the rows with one value of a column are found in the order of another; `{}` in `term` is the value."""

    source: str
    term: str
    streams: Sequence[Stream]


class Range(Struct, frozen=True, kw_only=True):
    """Both ends counted in, unless the other kind of end is given. None is open."""

    first: Any = None
    last: Any = None
    above: Any = None
    below: Any = None


class Condition(Struct, frozen=True, kw_only=True):
    """One of the `values`, or in one of the `ranges`, or without a value, or (`present`) with any."""

    column: str
    values: Sequence[Any] = ()
    ranges: Sequence[Range] = ()
    missing: bool = False
    present: bool = False


class Sheet(Struct, Generic[Record], frozen=True, kw_only=True):
    """`select` are the columns of which `record` makes one, `key` is the id among those of `source`.

    `leads`: (a column with one value, a column to order by) -> where that is found.
    `OWNER` in any of its terms stands for `Caller.only_owner`: by it they leave out what is deleted
    or not the caller's to see (RC-179).
    `stand` adds what each row must fulfil to be there for the caller. What `columns` does not have is asked of
    `relations`: `owner.email` is the `email` of the sheet that `owner` leads to, by the id in that column, or by a
    term in which `{}` stands for the ids.
    """

    source: str
    select: str
    key: str
    record: Callable[[Sequence[Any]], Record]
    stand: Callable[[Where, Caller], Where]
    columns: Mapping[str, Column]
    relations: Mapping[str, "tuple[str, Sheet[Any]]"] = {}
    leads: Mapping[tuple[str, str], Lead] = {}

    def column(self, name: str) -> Column:
        """Of its own or, by a dotted name, of a related sheet. KeyError if there is none."""
        if name in self.columns:
            return self.columns[name]
        relation, _, rest = name.partition(".")
        return self.relations[relation][1].column(rest)


def by_name(kind: Callable[..., Record], columns: Sequence[str]) -> Callable[[Sequence[Any]], Record]:
    def record(values: Sequence[Any]) -> Record:
        return kind(**dict(zip(columns, values, strict=True)))

    return record


def rows_standing(sheet: Sheet[Any], caller: Caller, conditions: Sequence[Condition] = ()) -> Where:
    """The rows that the caller sees and that fulfil all conditions."""
    return _add_conditions(sheet.stand(Where(caller.team_id), caller), sheet, caller, conditions)


def _add_conditions(where: Where, sheet: Sheet[Any], caller: Caller, conditions: Sequence[Condition]) -> Where:
    for condition in conditions:
        column = sheet.columns.get(condition.column)
        if column is not None:
            where.add_any(_branches(where, column, condition))
        else:
            _add_related(where, sheet, caller, condition)
    return where


def _add_related(where: Where, sheet: Sheet[Any], caller: Caller, condition: Condition) -> None:
    relation, _, rest = condition.column.partition(".")
    leading, related = sheet.relations[relation]
    asked = Condition(
        column=rest,
        values=condition.values,
        ranges=condition.ranges,
        missing=condition.missing,
        present=condition.present,
    )
    inner = _add_conditions(related.stand(where.branch(), caller), related, caller, [asked])
    ids = f"select {related.key} from {related.source} where {inner.sql}"
    where.add(leading.replace("{}", ids) if "{}" in leading else f"{leading} in ({ids})")


def _branches(where: Where, column: Column, condition: Condition) -> list[Where]:
    missing = column.missing or f"{column.sql} is null"
    branches = []
    if condition.values:
        values = [column.fold(value) for value in condition.values] if column.fold else list(condition.values)
        branches.append(_having(where.branch(), column, values))
    for span in condition.ranges:
        branches += _spans(where, column, span)
    if condition.present:
        branches.append(where.branch().add(f"not ({missing})"))
    return [*branches, where.branch().add(missing)] if condition.missing else branches


def _having(where: Where, column: Column, values: Sequence[Any]) -> Where:
    if len(values) == 1 and (column.one_of or not column.any_of):
        return where.add(column.one_of or f"{column.sql} = {{}}::{column.kind}", values[0])
    return where.add(column.any_of or f"{column.sql} = any({{}}::{column.kind}[])", values)


def _spans(where: Where, column: Column, span: Range) -> list[Where]:
    if not column.streams:
        return [_within(where.branch(), column.sql, column.kind, span)]
    return [
        _within(where.branch().add(stream.term), stream.sql, column.kind, span, stream.near)
        for stream in column.streams
    ]


def _within(
    where: Where, sql: str, kind: Kind, span: Range, near: Callable[[str, str], str] | None = None
) -> Where:
    """An open range still wants a value."""
    ends = ((">=", span.first), ("<=", span.last), (">", span.above), ("<", span.below))
    for operator, end in ends:
        if end is not None:
            value = f"{where.value(end)}::{kind}"
            where.add(f"{sql} {operator} {value}")
            if near is not None:
                where.add(near(operator, value))
    return where if any(end is not None for _, end in ends) else where.add(f"{sql} is not null")
