"""Lists of tasks by offset, their number and their ids."""

from typing import Literal

from touchbook.core.caller import Caller
from touchbook.core.query.pages import count_rows, fetch_page, find_ids
from touchbook.core.query.windows import Order as SortOrder
from touchbook.core.query.windows import Window
from touchbook.core.tasks.filtering import TaskFilter, conditions_of
from touchbook.core.tasks.query_schema import TASKS
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader

Order = Literal["due", "end", "created", "updated", "title", "status", "priority"]

_COLUMNS: dict[Order, str] = {
    "end": "end_at", "created": "created_at", "updated": "updated_at", "title": "sort_title",
    "status": "status_order",
}  # fmt: skip


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
    column = filters.due_column if order == "due" else _COLUMNS.get(order, order)
    orders, window = [SortOrder(column, descending)], Window(limit=limit, offset=offset, ahead=False)
    page = await fetch_page(reader, caller, TASKS, conditions_of(filters), orders, window, zone=filters.zone)
    return list(page.records)


async def count_tasks(reader: Reader, caller: Caller, filters: TaskFilter) -> int:
    return await count_rows(reader, caller, TASKS, conditions_of(filters), zone=filters.zone)


async def matching_ids(reader: Reader, caller: Caller, filters: TaskFilter) -> list[int]:
    """All of them, in no order."""
    return await find_ids(reader, caller, TASKS, conditions_of(filters), zone=filters.zone)
