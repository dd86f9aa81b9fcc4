"""The query schema of a noun: what its lists may be filtered and ordered by, and which rows a caller sees."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import tzinfo
from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.query.days import Operator
from touchbook.core.query.where import Where
from touchbook.core.totals import Counted

Record = TypeVar("Record")
Kind = Literal["bigint", "boolean", "date", "interval", "numeric", "text", "timestamptz", "uuid"]
_NULL = "null::"


class IndexRange(Struct, frozen=True, kw_only=True):
    """The rows for which `term` holds. One index has them in the order of a column, whose value is `sql`.

    `ties` are the values of the column's ties. `only`: each column in it has one of those values in every row.
    `order` are the columns that the index is sorted by, the first of kind `order_kind`, where that is not the
    value itself; `compare` then says how the first compares if the value, in a zone, compares so with another.
    That may be wider, unless it is `exact`.
    """

    term: str = "true"
    sql: str
    nullable: bool = False
    ties: Sequence[str] = ()
    only: Mapping[str, Collection[Any]] = {}
    order: Sequence[str] = ()
    order_kind: Kind | None = None
    compare: Callable[[Operator, Any, tzinfo], Sequence[tuple[Operator, Any]]] | None = None
    exact: bool = True

    @property
    def column(self) -> str:
        """The expression that is compared with NULL."""
        return self.order[0] if self.order else self.sql

    @property
    def is_null(self) -> bool:
        """Whether no row has a value."""
        return self.sql.startswith(_NULL)


class Column(Struct, frozen=True, kw_only=True):
    """`sql` is an expression over a row of the schema; a column without one can be filtered by, not ordered by.

    `any_of`: the term that the row has one of the values, whose array is `{}`; `one_of`: the term for one value,
    where that is found faster; `match` adds the terms for one value that is no mere comparison; `missing`: the
    term that it has none. `fold` turns a text into what is compared. A column that is not `nullable` has a value
    in every row. `ties` are the columns that order rows with one value. `ranges` part the rows where no single
    index has them all in order; `ranges_by` do where values of the named column are asked for. `varied`: one value
    may be that of three rows and another that of most, so that a filter by it is planned for its values.
    """

    sql: str = ""
    kind: Kind = "text"
    nullable: bool = True
    any_of: str = ""
    one_of: str = ""
    match: Callable[[Where, Any, Caller], None] | None = None
    missing: str = ""
    fold: Callable[[str], str] | None = None
    ties: Sequence[str] = ()
    ranges: Sequence[IndexRange] = ()
    ranges_by: Mapping[str, Sequence[IndexRange]] = {}
    varied: bool = True


class AccessPath(Struct, frozen=True, kw_only=True):
    """Leads to the rows with one value of a column, which is `{}` in `term`; `key` is their id in `source`.

    `columns` are those that `source` has itself. They stand in for the schema's, and a list that asks for no
    others is read from it alone; one in another order is found by the ranges of the column `order`.
    """

    source: str
    key: str
    term: str
    order: str
    columns: Mapping[str, Column]


class QuerySchema(Struct, Generic[Record], frozen=True, kw_only=True):
    """`select` are the columns that `record` makes a record of; `key` is the id among those of `source`.

    `look_up` is a select over `shown`, the rows of the answer, and how its value is read; `record` is then given
    what it found as well.

    `paths`: the column with one value -> the access path to its rows.
    `OWNER` in any term stands for `Caller.only_owner`; with it the terms leave out what is deleted or not the
    caller's to see (RC-179). `visible` adds the terms that a row must fulfil to exist for the caller. A name that
    `columns` lacks belongs to one of `relations`: `owner.email` is the column `email` of the schema that `owner`
    leads to, by the id in the named column, or by a term in which `{}` stands for the ids. `total` names the kept
    total of all rows that the caller sees, if one is.
    """

    source: str
    select: str
    key: str
    record: Callable[..., Record]
    visible: Callable[[Where, Caller], Where]
    columns: Mapping[str, Column]
    relations: Mapping[str, "tuple[str, QuerySchema[Any]]"] = {}
    paths: Mapping[str, AccessPath] = {}
    look_up: tuple[str, Callable[[Any], Any]] | None = None
    total: Callable[[Caller], Counted | None] = lambda _caller: None

    def column(self, name: str) -> Column:
        """Its own column or, for a dotted name, that of a related schema. KeyError if there is none."""
        if name in self.columns:
            return self.columns[name]
        relation, _, rest = name.partition(".")
        return self.relations[relation][1].column(rest)


def folded_column(sql: str, folded: str, *, missing: str = "") -> Column:
    """Return the column of a text that is ordered as it is shown and found as search takes it (`folded`)."""
    return Column(
        sql=sql, any_of=f"{folded} = any({{}}::text[])", missing=missing, nullable=bool(missing), fold=fold
    )


def by_name(kind: Callable[..., Record], columns: Sequence[str]) -> Callable[[Sequence[Any], Caller], Record]:
    def record(values: Sequence[Any], _caller: Caller) -> Record:
        return kind(**dict(zip(columns, values, strict=True)))

    return record
