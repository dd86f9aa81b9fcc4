"""Lists of tasks: a filter, an order, a page.

A list by due time merges two indexed streams, the timed tasks and the date-only ones, whose instant is
the start of their day for the viewer (design, section 7); each is cut to the page before they meet.
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.tasks.queries import TASK_COLUMNS, task_from
from touchbook.core.tasks.rescheduling import day_start
from touchbook.core.tasks.task import CLOSED, OPEN, Status, Task
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, escape_like

Order = Literal["due", "end", "created", "updated", "title", "status", "priority"]

_DAY = timedelta(days=1)

# As they follow each other, so that what a dialect shows as one status stands together.
_LIFE: tuple[Status, ...] = (
    "scheduled",
    "open",
    "in_progress",
    "completed",
    "cancelled",
    "skipped",
    "no_show",
)

_KEYS: dict[Order, str] = {
    "end": "t.end_at",
    "created": "t.created_at",
    "updated": "t.updated_at",
    "title": """(select x.folded from task_texts x where x.team_id = $1 and x.task_id = t.id) collate "C\"""",
    "status": f"array_position(array{list(_LIFE)}, t.status)",
    "priority": "t.priority",
}


class TaskFilter(Struct, frozen=True, kw_only=True):
    """Every condition that is set must hold.

    `assignee` is the first assignee (A-44); `due_from`, `due_to` are days of `zone`, both inclusive (V1-14).
    """

    zone: ZoneInfo
    statuses: Collection[Status] | None = None
    priority: int | None = None
    assignee: int | None = None
    due_from: date | None = None
    due_to: date | None = None
    title: str | None = None


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
    where = _where(caller, filters)
    if order == "due":
        page = _page_by_due(where, filters, descending=descending, offset=offset, limit=limit)
        direction = _direction(descending, "page.due", "page.timed", "page.id")
    else:
        page = _page_by_key(where, filters, _KEYS[order], descending=descending, offset=offset, limit=limit)
        direction = _direction(descending, "page.key", "page.id")
    rows = await reader.fetch(
        f"""with page as ({page})
        select {TASK_COLUMNS} from page join tasks t on t.team_id = $1 and t.id = page.id
        order by {direction}""",
        *where.args,
    )
    return [task_from(row) for row in rows]


async def count_tasks(reader: Reader, caller: Caller, filters: TaskFilter) -> int:
    where = _where(caller, filters)
    if filters.due_from or filters.due_to:
        streams = " union all ".join(
            f"select t.id from {_source(filters)} where {where.sql} and {stream.condition(where, filters)}"
            for stream in (_TIMED, _DATED)
        )
        sql = f"select count(*) from ({streams}) matching"
    else:
        sql = f"select count(*) from {_source(filters)} where {where.sql}"
    count: int = await reader.fetch_value(sql, *where.args)
    return count


def _source(filters: TaskFilter) -> str:
    """A person's list starts from the assignees, where the sort keys stand beside the person."""
    if filters.assignee is None:
        return "tasks t"
    return "task_assignees a join tasks t on t.team_id = $1 and t.id = a.task_id"


def _where(caller: Caller, filters: TaskFilter) -> Where:
    where = Where(caller.team_id, "t.team_id = $1", "t.deleted_at is null")
    if filters.assignee is not None:
        where.add("a.team_id = $1 and not a.deleted and a.position = 0")
        where.add("a.user_id = {}", filters.assignee)
    if filters.statuses is not None:
        _add_statuses(where, filters)
    if filters.priority is not None:
        where.add("t.priority = {}", filters.priority)
    if filters.title:
        where.add(
            "t.id in (select x.task_id from task_texts x where x.team_id = $1 and x.folded like {})",
            f"%{escape_like(fold(filters.title))}%",
        )
    return where


def _add_statuses(where: Where, filters: TaskFilter) -> None:
    assert filters.statuses is not None
    where.add("t.status = any({}::text[])", sorted(filters.statuses))
    if filters.assignee is not None and (OPEN.issuperset(filters.statuses) or CLOSED.issuperset(filters.statuses)):
        where.add("a.open" if OPEN.issuperset(filters.statuses) else "not a.open")


class _Stream(Struct, frozen=True):
    """One of the two streams: `day` as the instant it begins, or as the civil date."""

    key: str
    instant: str
    is_timed: bool

    def condition(self, where: Where, filters: TaskFilter) -> str:
        source = "a" if filters.assignee is not None else "t"
        terms = [f"{source}.due_on is null" if self.is_timed else f"{source}.due_on is not null"]
        if filters.due_from:
            terms.append(f"{source}.{self.key} >= {self._day(where, filters, filters.due_from)}")
        if filters.due_to:
            day = self._day(where, filters, filters.due_to, after=self.is_timed)
            terms.append(f"{source}.{self.key} {'<' if self.is_timed else '<='} {day}")
        return " and ".join(terms)

    def _day(self, where: Where, filters: TaskFilter, day: date, *, after: bool = False) -> str:
        if not self.is_timed:
            return where.value(day)
        return where.value(day_start(day + _DAY if after else day, filters.zone))


_TIMED = _Stream("due_at", "{source}.due_at", True)
# Reckoned from 23:00 of the day before: where clocks go back to midnight, PostgreSQL takes the second one.
_DATED = _Stream(
    "due_on",
    "({source}.due_on::timestamp - interval '1 hour') at time zone {zone} + interval '1 hour'",
    False,
)


def _page_by_due(where: Where, filters: TaskFilter, *, descending: bool, offset: int, limit: int) -> str:
    source = "a" if filters.assignee is not None else "t"
    identity = "a.task_id" if filters.assignee is not None else "t.id"
    zone = f"{where.value(filters.zone.key)}::text"
    streams = " union all ".join(
        f"""(select t.id, {stream.instant.format(source=source, zone=zone)} as due, {int(stream.is_timed)} as timed
        from {_source(filters)} where {where.sql} and {stream.condition(where, filters)}
        order by {_direction(descending, f"{source}.{stream.key}", identity)} limit {offset + limit})"""
        for stream in (_TIMED, _DATED)
    )
    return f"""select * from ({streams}) streams
        order by {_direction(descending, "due", "timed", "id")} limit {int(limit)} offset {int(offset)}"""


def _page_by_key(where: Where, filters: TaskFilter, key: str, *, descending: bool, offset: int, limit: int) -> str:
    conditions = [where.sql]
    if filters.due_from or filters.due_to:
        either = " or ".join(f"({stream.condition(where, filters)})" for stream in (_TIMED, _DATED))
        conditions.append(f"({either})")
    return f"""select t.id, {key} as key from {_source(filters)} where {" and ".join(conditions)}
        order by {_direction(descending, key, "t.id")} limit {int(limit)} offset {int(offset)}"""


def _direction(descending: bool, *keys: str) -> str:
    """Descending is the exact reverse of ascending, where nothing sorts last."""
    return ", ".join(f"{key} desc" if descending else key for key in keys)
