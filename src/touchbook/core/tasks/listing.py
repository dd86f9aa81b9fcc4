"""Lists of tasks: a filter, an order, a page.

A list by due time merges indexed streams, each cut to the page before they meet: the timed tasks and the
date-only ones, whose instant is the start of their day for the viewer (design, section 7); and of both one for
each state, in which alone an index is in order of due.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.tasks.filtering import Bound, Op, TaskFilter, day_bound, instant_bound
from touchbook.core.tasks.queries import TASK_COLUMNS, task_from
from touchbook.core.tasks.task import CLOSED, LIFE, OPEN, Task
from touchbook.core.transaction import Reader
from touchbook.core.where import Where, escape_like
from touchbook.core.zones import zone_name

Order = Literal["due", "end", "created", "updated", "title", "status", "priority"]

_OPERATORS: dict[Op, str] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}
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
    matching = _Matching(caller, filters)
    if order == "due":
        page = matching.page_by_due(descending, offset, limit)
        direction = _direction(descending, "page.due", "page.timed", "page.id")
    else:
        page = matching.page_by_key(_KEYS[order], descending, offset, limit)
        direction = _direction(descending, "page.key", "page.id")
    rows = await reader.fetch(
        f"""with page as ({page})
        select {TASK_COLUMNS} from page join tasks t on t.team_id = $1 and t.id = page.id
        order by {direction}""",
        *matching.where.args,
    )
    return [task_from(row) for row in rows]


async def count_tasks(reader: Reader, caller: Caller, filters: TaskFilter) -> int:
    matching = _Matching(caller, filters)
    count: int = await reader.fetch_value(matching.number(), *matching.where.args)
    return count


async def matching_ids(reader: Reader, caller: Caller, filters: TaskFilter) -> list[int]:
    """All of them, in no order."""
    matching = _Matching(caller, filters)
    rows = await reader.fetch(matching.ids(), *matching.where.args)
    return [row["id"] for row in rows]


class _Source(Struct, frozen=True):
    """Where the matching tasks are found: `keys` names the table with the sort keys, `id` the task's id in it.

    `has_title` compares a task's folded title.
    """

    tables: str
    keys: str
    id: str
    standing: str
    has_title: str


_TEAM = _Source(
    tables="tasks t",
    keys="t",
    id="t.id",
    standing="t.team_id = $1 and t.deleted_at is null",
    has_title="t.id in (select x.task_id from task_texts x where x.team_id = $1 and x.folded like {})",
)
# A person's titles are looked up one by one until the page is full: the team has far more that match.
_PERSON = _Source(
    tables="task_assignees a",
    keys="a",
    id="a.task_id",
    standing="a.team_id = $1 and not a.deleted and a.position = 0",
    has_title="(select x.folded from task_texts x where x.team_id = $1 and x.task_id = a.task_id) like {}",
)
_PERSON_WITH_TASKS = msgspec.structs.replace(
    _PERSON, tables="task_assignees a join tasks t on t.team_id = $1 and t.id = a.task_id"
)


def _source(filters: TaskFilter) -> _Source:
    if filters.assignee is None:
        return _TEAM
    own = (filters.priority, filters.uids, filters.account, filters.origins, filters.other_than_origins)
    needs_tasks = any(member is not None for member in own) or filters.created or filters.updated
    return _PERSON_WITH_TASKS if needs_tasks else _PERSON


def _add_own_columns(where: Where, filters: TaskFilter) -> None:
    """What only the task itself says."""
    if filters.priority is not None:
        where.add("t.priority = {}", filters.priority)
    if filters.uids is not None:
        where.add("t.uid = any({}::uuid[])", list(filters.uids))
    if filters.account is not None:
        where.add("t.account_id = {}", filters.account)
    if filters.origins is not None:
        where.add("t.origin = any({}::text[])", sorted(filters.origins))
    if filters.other_than_origins is not None:
        where.add("not t.origin = any({}::text[])", sorted(filters.other_than_origins))
    _add_bounds(where, "t.created_at", filters.created, filters)
    _add_bounds(where, "t.updated_at", filters.updated, filters)


def _add_bounds(where: Where, column: str, bounds: Sequence[Bound], filters: TaskFilter) -> None:
    for bound in bounds:
        op, instant = instant_bound(bound, filters.zone)
        where.add(f"{column} {_OPERATORS[op]} {{}}", instant)


class _Matching:
    """The tasks that match a filter, as statements whose arguments are `where.args`."""

    def __init__(self, caller: Caller, filters: TaskFilter) -> None:
        self.filters = filters
        self.source = _source(filters)
        self.where = Where(caller.team_id, self.source.standing)
        if filters.assignee is not None:
            self.where.add("a.user_id = {}", filters.assignee)
        if filters.title:
            self.where.add(self.source.has_title, f"%{escape_like(fold(filters.title))}%")
        _add_own_columns(self.where, filters)

    def page_by_due(self, descending: bool, offset: int, limit: int) -> str:
        source, zone = self.source, self.where.value(zone_name(self.filters.zone))
        streams = " union all ".join(
            f"""(select {source.id} as id, {stream.instant(source.keys, zone)} as due, {stream.rank} as timed
            from {source.tables} where {terms}
            order by {_direction(descending, f"{source.keys}.{stream.key}", source.id)}
            limit {int(offset + limit)})"""
            for stream, terms in self._streams()
        )
        return f"""select * from ({streams}) streams
            order by {_direction(descending, "due", "timed", "id")} limit {int(limit)} offset {int(offset)}"""

    def page_by_key(self, key: str, descending: bool, offset: int, limit: int) -> str:
        """The team's along the index of the key, a person's by sorting them."""
        if self.source is _TEAM:
            due = (
                f"({' or '.join(self._due_terms(stream) for stream in _STREAMS)})" if self.filters.due else "true"
            )
            matching = f"tasks t where {' and '.join((self.where.sql, *self._status_terms(), due))}"
        else:
            matching = f"({self.ids()}) matching join tasks t on t.team_id = $1 and t.id = matching.id"
        return f"""select t.id, {key} as key from {matching}
            order by {_direction(descending, key, "t.id")} limit {int(limit)} offset {int(offset)}"""

    def number(self) -> str:
        if self.source is _TEAM and self.filters.statuses is None and not self.filters.due:
            return f"select count(*) from tasks t where {self.where.sql}"
        return f"select count(*) from ({self.ids()}) matching"

    def ids(self) -> str:
        return " union all ".join(
            f"select {self.source.id} as id from {self.source.tables} where {terms}"
            for _, terms in self._streams()
        )

    def _streams(self) -> list[tuple["_Stream", str]]:
        """Each with its terms; together they have every matching task once."""
        return [
            (stream, " and ".join((self.where.sql, *state, self._due_terms(stream))))
            for state in self._states()
            for stream in _STREAMS
        ]

    def _states(self) -> list[list[str]]:
        """The team's indexes are led by the status, a person's by whether the task is open."""
        statuses = self.filters.statuses
        if statuses is not None and not statuses:
            return [["false"]]
        if self.source is _TEAM:
            if statuses is None:
                return [[]]
            return [[f"t.status = {self.where.value(status)}"] for status in sorted(statuses)]
        of_statuses = self._status_terms()
        halves = (("a.open", OPEN), ("not a.open", CLOSED))
        return [[half, *of_statuses] for half, of in halves if statuses is None or not of.isdisjoint(statuses)]

    def _status_terms(self) -> list[str]:
        if self.filters.statuses is None:
            return []
        statuses = self.where.value(sorted(self.filters.statuses))
        return [f"{self.source.keys}.status = any({statuses}::text[])"]

    def _due_terms(self, stream: "_Stream") -> str:
        return stream.terms(self.where, self.source.keys, self.filters)


class _Stream(Struct, frozen=True):
    """Timed tasks, or date-only ones, whose `key` is a civil date and which come first at the same instant."""

    key: str
    rank: int

    def instant(self, table: str, zone: str) -> str:
        """Where clocks go back to midnight a day has two of them; counted from an hour before, it is the first."""
        if self.rank:
            return f"{table}.{self.key}"
        return f"({table}.{self.key}::timestamp - interval '1 hour') at time zone {zone}::text + interval '1 hour'"

    def terms(self, where: Where, table: str, filters: TaskFilter) -> str:
        terms = [f"{table}.due_on is {'null' if self.rank else 'not null'}"]
        for bound in filters.due:
            op, value = (instant_bound if self.rank else day_bound)(bound, filters.zone)
            terms.append(f"{table}.{self.key} {_OPERATORS[op]} {where.value(value)}")
        return " and ".join(terms)


_STREAMS = (_Stream("due_at", 1), _Stream("due_on", 0))


def _direction(descending: bool, *keys: str) -> str:
    """Descending is the exact reverse of ascending, where nothing sorts last."""
    return ", ".join(f"{key} desc" if descending else key for key in keys)
