"""Describes how records of a noun are read and written."""

from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.query.where import Where, bind_owner
from touchbook.core.transaction import Row

Record = TypeVar("Record", bound=Struct)


class Noun(Generic[Record]):
    """`derived` are the Struct's last members, which are no columns of the table. `folded`: columns of the table
    that follow from a member, column -> (member, how it is folded).

    `seen` is the condition that a row is visible to the caller, with `OWNER` in it.
    """

    def __init__(
        self,
        name: str,
        table: str,
        record: type[Record],
        *,
        derived: dict[str, str] | None = None,
        folded: Mapping[str, tuple[str, Callable[[Any], Any]]] | None = None,
        seen: str = "",
    ) -> None:
        derived = derived or {}
        stored = [f"x.{field}" for field in record.__struct_fields__ if field not in derived]
        self.name = name
        self.table = table
        self.record = record
        self.seen = seen
        self.folded = folded or {}
        self.derives = bool(derived)
        self.columns = ", ".join([*stored, *(f"({sql}) as {field}" for field, sql in derived.items())])

    def with_folded(self, columns: Mapping[str, Any]) -> dict[str, Any]:
        """Return the columns to write, and those that follow from them."""
        folded = self.folded.items()
        return {**columns, **{name: form(columns[source]) for name, (source, form) in folded if source in columns}}

    def read(self, row: Row) -> Record:
        return self.record(*row)

    def visible(self, caller: Caller) -> Where:
        where = self.add_visible(Where(caller.team_id), caller)
        where.terms = [bind_owner(term, where, caller) for term in where.terms]
        return where

    def add_visible(self, where: Where, _caller: Caller) -> Where:
        """Rows that are not deleted and belong to contacts that the caller sees (A-41)."""
        where.add("x.team_id = $1").add("x.deleted_at is null")
        return where.add(self.seen) if self.seen else where

    def query_schema(
        self, columns: Mapping[str, Column], relations: Mapping[str, tuple[str, QuerySchema[Any]]]
    ) -> QuerySchema[Record]:
        """The query schema of the noun: its own columns and those that all nouns share."""
        return QuerySchema(
            source=f"{self.table} x",
            select=self.columns,
            key="x.id",
            record=lambda values, _caller: self.record(*values),
            visible=self.add_visible,
            columns={
                "id": Column(sql="x.id", kind="bigint", nullable=False),
                "created_at": Column(sql="x.created_at", kind="timestamptz", nullable=False),
                "updated_at": Column(sql="x.updated_at", kind="timestamptz", nullable=False),
                **columns,
            },
            relations=relations,
        )
