"""The query schema of the values that a team may choose from: stages, personas, dispositions and purposes."""

from collections.abc import Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.choices.choice import Choice, Choices
from touchbook.core.query.schema import Column, QuerySchema, folded_column
from touchbook.core.query.where import Where

CHOICE_COLUMNS = ", ".join(f"x.{name}" for name in Choice.__struct_fields__)


def _record(values: Sequence[Any], _caller: Caller) -> Choice:
    return Choice(*values)


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("x.team_id = $1")


def _query_schema(table: Choices) -> QuerySchema[Choice]:
    return QuerySchema(
        source=f"{table} x",
        select=CHOICE_COLUMNS,
        key="x.id",
        record=_record,
        visible=_add_visible,
        columns={
            "id": Column(sql="x.id", kind="bigint", nullable=False),
            "name": folded_column("x.name", "x.name_folded"),
            "position": Column(sql="x.position", kind="bigint", nullable=False),
            "created_at": Column(sql="x.created_at", kind="timestamptz", nullable=False),
            "updated_at": Column(sql="x.updated_at", kind="timestamptz", nullable=False),
        },
    )


STAGES = _query_schema("stages")
PERSONAS = _query_schema("personas")
DISPOSITIONS = _query_schema("task_dispositions")
PURPOSES = _query_schema("task_purposes")
