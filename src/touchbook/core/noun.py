"""How the records of a noun are read and written, where one Struct, one table and one sheet fit it."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.sheet import Column, Sheet
from touchbook.core.transaction import Row
from touchbook.core.where import Where

Record = TypeVar("Record", bound=Struct)


class Noun(Generic[Record]):
    """`derived`: the Struct's last members, which are no columns of the table. `personal`: of a contact each."""

    def __init__(
        self,
        name: str,
        table: str,
        record: type[Record],
        *,
        derived: dict[str, str] | None = None,
        personal: bool = False,
    ) -> None:
        derived = derived or {}
        stored = [f"x.{field}" for field in record.__struct_fields__ if field not in derived]
        self.name = name
        self.table = table
        self.record = record
        self.personal = personal
        self.columns = ", ".join([*stored, *(f"({sql}) as {field}" for field, sql in derived.items())])

    def read(self, row: Row) -> Record:
        return self.record(*row)

    def standing(self, caller: Caller) -> Where:
        return self.stand(Where(caller.team_id), caller)

    def stand(self, where: Where, caller: Caller) -> Where:
        """Those not deleted, and of contacts that the caller sees (A-41)."""
        where.add("x.team_id = $1").add("x.deleted_at is null")
        if self.personal and caller.own_contacts_only:
            where.add(
                """exists (select from contacts c where c.team_id = $1 and c.id = x.contact_id
                    and c.owner_id = {})""",
                caller.user_id,
            )
        return where

    def sheet(
        self, columns: Mapping[str, Column], relations: Mapping[str, tuple[str, Sheet[Any]]]
    ) -> Sheet[Record]:
        """What may be asked of the records in lists, beside what may be asked of all."""
        return Sheet(
            source=f"{self.table} x",
            select=self.columns,
            key="x.id",
            record=lambda values: self.record(*values),
            stand=self.stand,
            columns={
                "id": Column(sql="x.id", kind="bigint", nullable=False),
                "created_at": Column(sql="x.created_at", kind="timestamptz", nullable=False),
                "updated_at": Column(sql="x.updated_at", kind="timestamptz", nullable=False),
                **columns,
            },
            relations=relations,
        )
