"""The tasks that match a filter, as statements.

A list by due time merges indexed streams, each cut to the page before they meet: the timed tasks and the
date-only ones, whose instant is the start of their day for the viewer (design, section 7); and of both one for
each state, in which alone an index is in order of due.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.folding import fold
from touchbook.core.query.searching import add_search
from touchbook.core.query.where import OWNER, Where, bind_owner, escape_like
from touchbook.core.tasks.filtering import Bound, Op, TaskFilter, day_bound, instant_bound
from touchbook.core.tasks.seeing import record_is_seen
from touchbook.core.tasks.task import CLOSED, OPEN, RecordKind
from touchbook.core.transaction import Reader, Row
from touchbook.core.zones import zone_name

_RECORDS: tuple[RecordKind, ...] = ("contact", "deal", "listing")
_OPERATORS: dict[Op, str] = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


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
    """What only the task itself says."""
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
        add_search(terms, filters.search, "x.folded", whole_numbers=False)
    if terms.terms:
        where.add(source.has_text.replace("{}", terms.sql))


def _add_bounds(where: Where, column: str, bounds: Sequence[Bound], filters: TaskFilter) -> None:
    for bound in bounds:
        op, instant = instant_bound(bound, filters.zone)
        where.add(f"{column} {_OPERATORS[op]} {{}}", instant)


class Matching:
    """What the statements of one list have in common."""

    def __init__(self, caller: Caller, filters: TaskFilter) -> None:
        self.caller = caller
        self.filters = filters
        self.source = _source(filters)
        self.streams = _streams(filters)
        self.where = Where(caller.team_id, self.source.standing)
        _add_people(self.where, self.source, filters)
        _add_texts(self.where, self.source, filters)
        _add_own_columns(self.where, filters)

    async def fetch(self, reader: Reader, sql: str) -> Sequence[Row]:
        """A text or a record may be that of three tasks or of most: those are planned for."""
        asked = self.filters
        varied = any((asked.title, asked.search, asked.contact, asked.deal, asked.listing))
        fetch = reader.fetch_afresh if varied else reader.fetch
        return await fetch(bind_owner(sql, self.where, self.caller), *self.where.args)

    def page_by_due(self, descending: bool, offset: int, limit: int) -> str:
        source, zone = self.source, self.where.value(zone_name(self.filters.zone))
        streams = " union all ".join(
            f"""(select {source.id} as id, {stream.instant(source.keys, zone)} as due, {stream.rank} as timed
            from {source.tables} where {terms}
            order by {in_order(descending, *stream.keys(source.keys), source.id)}
            limit {int(offset + limit)})"""
            for stream, terms in self._streams()
        )
        return f"""select * from ({streams}) streams
            order by {in_order(descending, "due", "timed", "id")} limit {int(limit)} offset {int(offset)}"""

    def page_by_key(self, key: str, descending: bool, offset: int, limit: int) -> str:
        """The team's along the index of the key, a person's by sorting them."""
        if self.source is _TEAM:
            due = (
                f"({' or '.join(self._due_terms(stream) for stream in self.streams)})"
                if self.filters.due
                else "true"
            )
            matching = f"tasks t where {' and '.join((self.where.sql, *self._status_terms(), due))}"
        else:
            matching = f"({self.ids()}) matching join tasks t on t.team_id = $1 and t.id = matching.id"
        return f"""select t.id, {key} as key from {matching}
            order by {in_order(descending, key, "t.id")} limit {int(limit)} offset {int(offset)}"""

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
            for stream in self.streams
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
    as_given: bool = False

    def instant(self, table: str, zone: str) -> str:
        """`as_given`: never beyond the day, which may be shorter than that of which the offset was taken."""
        if self.rank:
            return f"{table}.{self.key}"
        day = f"{table}.{self.key}"
        if not self.as_given:
            return _start(day, zone)
        end = _start(f"({day} + 1)", zone)
        start = _start(day, zone)
        return f"greatest({start}, least({start} + {table}.due_offset, {end} - interval '1 microsecond'))"

    def keys(self, table: str) -> tuple[str, ...]:
        key = f"{table}.{self.key}"
        return (key, f"{table}.due_offset") if self.as_given and not self.rank else (key,)

    def terms(self, where: Where, table: str, filters: TaskFilter) -> str:
        terms = [f"{table}.due_on is {'null' if self.rank else 'not null'}"]
        for bound in filters.due:
            op, value = (instant_bound if self.rank else day_bound)(bound, filters.zone)
            if self.as_given and not self.rank and isinstance(bound.value, datetime):
                op, value = _WITH_ITS_DAY[bound.op], bound.value.astimezone(filters.zone).date()
                zone = where.value(zone_name(filters.zone))
                instant = self.instant(table, zone)
                terms.append(f"{instant} {_OPERATORS[bound.op]} {where.value(bound.value)}")
            terms.append(f"{table}.{self.key} {_OPERATORS[op]} {where.value(value)}")
        return " and ".join(terms)


def _start(day: str, zone: str) -> str:
    """Where clocks go back to midnight a day has two of them; counted from an hour before, it is the first."""
    return f"({day}::timestamp - interval '1 hour') at time zone {zone}::text + interval '1 hour'"


# The day of an instant, whatever lies on it.
_WITH_ITS_DAY: dict[Op, Op] = {"lt": "lte", "lte": "lte", "gt": "gte", "gte": "gte"}


def _streams(filters: TaskFilter) -> tuple[_Stream, ...]:
    return _Stream("due_at", 1, filters.as_given), _Stream("due_on", 0, filters.as_given)


def in_order(descending: bool, *keys: str) -> str:
    """Descending is the exact reverse of ascending, where nothing sorts last."""
    return ", ".join(f"{key} desc" if descending else key for key in keys)
