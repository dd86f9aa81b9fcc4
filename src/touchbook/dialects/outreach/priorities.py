"""Task priorities as records, with an id and a name: the same five for every team (M-3)."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.query.schema import Column, QuerySchema, folded_column
from touchbook.core.query.where import Where

NAMES = ("None", "Low", "Medium", "High", "Urgent")


class Priority(Struct, frozen=True):
    """`level` is the `priority` of a task, 0 to 4; `id` is one more."""

    id: int
    name: str
    level: int


def _record(values: Sequence[Any], _caller: Caller) -> Priority:
    return Priority(*values)


def _add_visible(where: Where, _caller: Caller) -> Where:
    return where.add("$1::bigint is not null")


_ROWS = ", ".join(
    f"({level + 1}::bigint, '{name}', '{fold(name)}', {level}::bigint)" for level, name in enumerate(NAMES)
)
PRIORITIES: QuerySchema[Priority] = QuerySchema(
    source=f"(values {_ROWS}) as p (id, name, name_folded, level)",
    select="p.id, p.name, p.level",
    key="p.id",
    record=_record,
    visible=_add_visible,
    columns={
        "id": Column(sql="p.id", kind="bigint", nullable=False),
        "name": folded_column("p.name", "p.name_folded"),
        "level": Column(sql="p.level", kind="bigint", nullable=False),
    },
)

# By a task's priority; the least of them is none.
TASK_PRIORITY = {
    "priority.id": Column(sql="(t.priority + 1)", kind="bigint", missing="t.priority = 0"),
    "priority.name": folded_column(
        f"(array{list(NAMES)})[t.priority + 1]",
        f"(array{[fold(name) for name in NAMES]})[t.priority + 1]",
        missing="t.priority = 0",
    ),
}
