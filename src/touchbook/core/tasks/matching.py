"""The tasks that match a filter, as statements.

A list by due time merges stretches of indexes: the timed tasks and the date-only ones (due_ranges.py), and of both
one for each state, in which alone an index is in order of due.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.query.conditions import compare
from touchbook.core.query.day_starts import bind_days
from touchbook.core.query.days import Operator
from touchbook.core.query.keys import Key
from touchbook.core.query.merging import Stretch, merge
from touchbook.core.query.schema import IndexRange
from touchbook.core.query.searching import add_search
from touchbook.core.query.where import OWNER, Where, bind_owner, escape_like
from touchbook.core.tasks.due_ranges import due_ranges, given_ranges, instants
from touchbook.core.tasks.filtering import Bound, Op, TaskFilter
from touchbook.core.tasks.seeing import record_is_seen
from touchbook.core.tasks.task import CLOSED, OPEN, RecordKind
from touchbook.core.transaction import Reader, Row

_RECORDS: tuple[RecordKind, ...] = ("contact", "deal", "listing")
_OPERATORS: dict[Op, Operator] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


class _Source(Struct, frozen=True):
    """Where the matching tasks are found: `keys` names the table with the sort keys, `id` the task's id in it.

    `has_text`: the task's row `x` of texts fulfils terms.
    """

    tables: str
    keys: str
    id: str
    standing: str
    has_text: str


_TEAM = _Source(
    tables="tasks t",
    keys="t",
    id="t.id",
    standing="t.team_id = $1 and t.deleted_at is null",
    has_text="t.id in (select x.task_id from task_texts x where x.team_id = $1 and {})",
)
# A person's texts are looked up one by one until the page is full: the team has far more that match.
_PERSON = _Source(
    tables="task_assignees a",
    keys="a",
    id="a.task_id",
    standing="a.team_id = $1 and not a.deleted",
    has_text="(select {} from task_texts x where x.team_id = $1 and x.task_id = a.task_id)",
)
_PERSON_WITH_TASKS = msgspec.structs.replace(
    _PERSON, tables="task_assignees a join tasks t on t.team_id = $1 and t.id = a.task_id"
)


def _source(filters: TaskFilter) -> _Source:
    if filters.assignee is None and filters.any_assignee is None:
        return _TEAM
    own = (
        filters.priority,
        filters.uids,
        filters.kinds,
        filters.account,
        filters.origins,
        filters.other_than_origins,
    )
    needs_tasks = any(member is not None for member in own) or filters.created or filters.updated
    return _PERSON_WITH_TASKS if needs_tasks else _PERSON


def _add_own_columns(where: Where, filters: TaskFilter) -> None:
    """Add the conditions on columns that only tasks have."""
    if filters.priority is not None:
        where.add("t.priority = {}", filters.priority)
    if filters.uids is not None:
        where.add("t.uid = any({}::uuid[])", list(filters.uids))
    if filters.kinds is not None:
        where.add("t.kind = any({}::text[])", sorted(filters.kinds))
    if filters.account is not None:
        where.add("t.account_id = {}", filters.account)
    if filters.origins is not None:
        where.add("t.origin = any({}::text[])", sorted(filters.origins))
    if filters.other_than_origins is not None:
        where.add("not t.origin = any({}::text[])", sorted(filters.other_than_origins))
    _add_bounds(where, "t.created_at", filters.created, filters)
    _add_bounds(where, "t.updated_at", filters.updated, filters)


def _add_people(where: Where, source: _Source, filters: TaskFilter) -> None:
    if filters.assignee is not None:
        where.add("a.user_id = {} and a.position = 0", filters.assignee)
    if filters.any_assignee is not None:
        where.add("a.user_id = {}", filters.any_assignee)
    for kind in _RECORDS:
        record = getattr(filters, kind)
        if record is not None:
            linked = f"""select s.task_id from task_associations s
                where s.team_id = $1 and s.{kind}_id = {{}} and s.deleted_at is null
                and {record_is_seen(kind, f"s.{kind}_id", OWNER)}"""
            where.add(f"{source.id} in ({linked})", record)


def _add_texts(where: Where, source: _Source, filters: TaskFilter) -> None:
    """A part of the title is part of the whole text as well, which alone has an index."""
    terms = where.branch()
    if filters.title:
        part = where.value(f"%{escape_like(fold(filters.title))}%")
        terms.add(f"x.folded like {part} and x.title like {part}")
    if filters.search:
        add_search(terms, filters.search, "x.folded")
    if terms.terms:
        where.add(source.has_text.replace("{}", terms.sql))


def _add_bounds(where: Where, column: str, bounds: Sequence[Bound], filters: TaskFilter) -> None:
    for bound in bounds:
        where.add(_compared(where, instants(column), bound, filters))


def _compared(where: Where, part: IndexRange, bound: Bound, filters: TaskFilter) -> str:
    return compare(where, part, "timestamptz", _OPERATORS[bound.op], bound.value, filters.zone)


class Matching:
    """The parts that the statements of one list share."""

    def __init__(self, caller: Caller, filters: TaskFilter) -> None:
        self.caller = caller
        self.filters = filters
        self.source = _source(filters)
        self.ranges = (given_ranges if filters.as_given else due_ranges)(self.source.keys)
        self.where = Where(caller.team_id, self.source.standing)
        _add_people(self.where, self.source, filters)
        _add_texts(self.where, self.source, filters)
        _add_own_columns(self.where, filters)

    async def fetch(self, reader: Reader, sql: str) -> Sequence[Row]:
        """A text or a record may be that of three tasks or of most: those are planned for."""
        asked = self.filters
        varied = any((asked.title, asked.search, asked.contact, asked.deal, asked.listing))
        fetch = reader.fetch_afresh if varied else reader.fetch
        bound = bind_days(bind_owner(sql, self.where, self.caller), self.where, asked.zone)
        return await fetch(bound, *self.where.args)

    def page_by_due(self, descending: bool, offset: int, limit: int) -> str:
        """`due`, `day` and `id`: of what is due at one instant date-only tasks come first, day by day."""
        stretches = []
        for part, where in self._parts():
            day = IndexRange(term="true", sql=part.column if part.order_kind == "date" else "null::date")
            ranges = (part, day, IndexRange(term="true", sql=self.source.id))
            keys = [Key(each, "bigint", descending) for each in ranges]
            stretches.append(Stretch(self.source.tables, where, keys))
        return merge(stretches, limit=limit, offset=offset)

    def page_by_key(self, key: str, descending: bool, offset: int, limit: int) -> str:
        """`key` and `id`: the team's along the index of the key, a person's by sorting them."""
        keys = [Key(IndexRange(term="true", sql=each), "text", descending) for each in (key, "t.id")]
        if self.source is not _TEAM:
            source = f"({self.ids()}) matching join tasks t on t.team_id = $1 and t.id = matching.id"
            return merge([Stretch(source, self.where.branch(), keys)], limit=limit, offset=offset)
        where = self.where.branch()
        where.terms = [*self.where.terms, *self._status_terms()]
        if self.filters.due:
            where.add_any(self._within(where.branch(), part) for part in self.ranges)
        return merge([Stretch("tasks t", where, keys)], limit=limit, offset=offset)

    def number(self) -> str:
        if self.source is _TEAM and self.filters.statuses is None and not self.filters.due:
            return f"select count(*) from tasks t where {self.where.sql}"
        return f"select count(*) from ({self.ids()}) matching"

    def ids(self) -> str:
        return " union all ".join(
            f"select {self.source.id} as id from {self.source.tables} where {where.sql}"
            for _, where in self._parts()
        )

    def _parts(self) -> list[tuple[IndexRange, Where]]:
        """Together they have every matching task once."""
        parts = []
        for state in self._states():
            for part in self.ranges:
                where = self.where.branch()
                where.terms = [*self.where.terms, *state]
                parts.append((part, self._within(where, part)))
        return parts

    def _within(self, where: Where, part: IndexRange) -> Where:
        where.add(part.term)
        for bound in self.filters.due:
            where.add(_compared(where, part, bound, self.filters))
        return where

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
