"""Lists of tasks: a filter, an order, a page."""

from typing import Literal

from touchbook.core.caller import Caller
from touchbook.core.query.where import OWNER
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.matching import Matching
from touchbook.core.tasks.queries import task_columns, task_from
from touchbook.core.tasks.task import LIFE, Task
from touchbook.core.transaction import Reader

Order = Literal["due", "end", "created", "updated", "title", "status", "priority"]

_KEYS: dict[Order, str] = {
    "end": "t.end_at",
    "created": "t.created_at",
    "updated": "t.updated_at",
    "title": "t.sort_title",
    "status": f"array_position(array{list(LIFE)}, t.status)",
    "priority": "t.priority",
}


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
    matching, way = Matching(caller, filters), " desc" if descending else ""
    keys: tuple[str, ...]
    if order == "due":
        page, keys = matching.page_by_due(descending, offset, limit), ("due", "day", "id")
    else:
        page, keys = matching.page_by_key(_KEYS[order], descending, offset, limit), ("key", "id")
    rows = await matching.fetch(
        reader,
        f"""with page ({", ".join(keys)}) as ({page})
        select {task_columns(OWNER)} from page join tasks t on t.team_id = $1 and t.id = page.id
        order by {", ".join(f"page.{key}{way}" for key in keys)}""",
    )
    return [task_from(row) for row in rows]


async def count_tasks(reader: Reader, caller: Caller, filters: TaskFilter) -> int:
    matching = Matching(caller, filters)
    rows = await matching.fetch(reader, matching.number())
    count: int = rows[0][0]
    return count


async def matching_ids(reader: Reader, caller: Caller, filters: TaskFilter) -> list[int]:
    """All of them, in no order."""
    matching = Matching(caller, filters)
    rows = await matching.fetch(reader, matching.ids())
    return [row["id"] for row in rows]
