from collections.abc import Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.choices.choice import Choice, Choices
from touchbook.core.sheet import Column, Sheet
from touchbook.core.where import Where

CHOICE_COLUMNS = ", ".join(f"x.{name}" for name in Choice.__struct_fields__)


def _record(values: Sequence[Any]) -> Choice:
    return Choice(*values)


def _stand(where: Where, _caller: Caller) -> Where:
    return where.add("x.team_id = $1")


def _sheet(table: Choices) -> Sheet[Choice]:
    return Sheet(
        source=f"{table} x",
        select=CHOICE_COLUMNS,
        key="x.id",
        record=_record,
        stand=_stand,
        columns={
            "id": Column(sql="x.id", kind="bigint", nullable=False),
            "name": Column(sql="x.name", nullable=False),
            "position": Column(sql="x.position", kind="bigint", nullable=False),
            "created_at": Column(sql="x.created_at", kind="timestamptz", nullable=False),
            "updated_at": Column(sql="x.updated_at", kind="timestamptz", nullable=False),
        },
    )


STAGES = _sheet("stages")
PERSONAS = _sheet("personas")
DISPOSITIONS = _sheet("task_dispositions")
PURPOSES = _sheet("task_purposes")
