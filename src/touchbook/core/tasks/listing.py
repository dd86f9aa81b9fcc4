"""Lists of tasks by offset, their number and their ids."""

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, cast

from msgspec.structs import replace

from touchbook.core.caller import Caller
from touchbook.core.query.pages import count_rows, fetch_page, find_ids
from touchbook.core.query.schema import QuerySchema
from touchbook.core.query.where import OWNER
from touchbook.core.query.windows import Order as SortOrder
from touchbook.core.query.windows import Window
from touchbook.core.tasks.filtering import TaskFilter, conditions_of
from touchbook.core.tasks.query_schema import TASKS
from touchbook.core.tasks.reading import WHOLE, Found, Reading
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader

Order = Literal["due", "end", "created", "updated", "title", "status", "priority"]

_COLUMNS: dict[Order, str] = {
    "end": "end_at", "created": "created_at", "updated": "updated_at", "title": "sort_title",
    "status": "status_order",
}  # fmt: skip


@cache
def _listed(reading: Reading[Found]) -> QuerySchema[Found]:
    look_up = reading.page_look_up
    return replace(
        cast("QuerySchema[Any]", TASKS),
        select=reading.columns,
        look_up=None if look_up is None else (look_up(OWNER), reading.read_look_up),
        record=reading.record,
    )


async def list_tasks_as(
    reader: Reader,
    caller: Caller,
    reading: Reading[Found],
    filters: TaskFilter,
    *,
    order: Order = "due",
    descending: bool = False,
    offset: int,
    limit: int,
) -> Sequence[Found]:
    column = filters.due_column if order == "due" else _COLUMNS.get(order, order)
    orders, window = [SortOrder(column, descending)], Window(limit=limit, offset=offset, ahead=False)
    schema, conditions = _listed(reading), conditions_of(filters)
    return (await fetch_page(reader, caller, schema, conditions, orders, window, zone=filters.zone)).records


async def list_tasks(
    reader: Reader,
    caller: Caller,
    filters: TaskFilter,
    *,
    order: Order = "due",
    descending: bool = False,
    offset: int,
    limit: int,
) -> list[Task]:
    found = await list_tasks_as(
        reader, caller, WHOLE, filters, order=order, descending=descending, offset=offset, limit=limit
    )
    return list(found)


async def count_tasks(reader: Reader, caller: Caller, filters: TaskFilter) -> int:
    return await count_rows(reader, caller, TASKS, conditions_of(filters), zone=filters.zone)


async def matching_ids(reader: Reader, caller: Caller, filters: TaskFilter) -> list[int]:
    """All of them, in no order."""
    return await find_ids(reader, caller, TASKS, conditions_of(filters), zone=filters.zone)
