"""The columns of tasks by when they are due: timed and date-only ones, each in the order of an index.

A date-only task is due when its day begins for the viewer, and stands before the timed ones of that instant, day
by day. Either is compared with instants and days; a day is a span: before it, up to its end, after it, from its
start on (5.3.7).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any, NamedTuple

from touchbook.core.query.day_starts import start_of_day_sql
from touchbook.core.query.days import Operator, compare_days, days_around
from touchbook.core.query.schema import Column, IndexRange
from touchbook.core.tasks.task import LIFE


class Share(NamedTuple):
    """The tasks for which `term` holds, in whose indexes it stands first; `only` as in an index range."""

    term: str = ""
    only: Mapping[str, Collection[str]] = {}

    def where(self, term: str) -> str:
        return f"{self.term} and {term}" if self.term else term


def due_columns(table: str, shares: Sequence[Share] = (Share(),), *, by_status: bool) -> dict[str, Column]:
    """`table` has the sort keys of tasks, and indexes for each of the shares; `by_status`, for each status too.

    `given` is the instant that a date-only task was given with. It is never beyond its day: that may be shorter
    than the one of which the offset was taken.
    """
    day, offset = f"{table}.due_on", f"{table}.due_offset"
    statuses = (
        [Share(f"{table}.status = '{status}'", {"status": (status,)}) for status in LIFE] if by_status else []
    )
    columns = {
        "due": (start_of_day_sql(day), ("due_on",), _dated),
        "given": (_given_sql(day, offset), ("due_on", "due_offset"), _dated_as_given),
    }
    return {
        "due_on": Column(sql=day, kind="date"),
        "due_offset": Column(sql=offset, kind="interval", nullable=False),
        **{
            name: Column(
                sql=f"coalesce({table}.due_at, {sql})",
                kind="timestamptz",
                missing=f"({table}.due_at is null and {day} is null)",
                ties=ties,
                ranges=_both(table, len(ties), dated, shares),
                ranges_by={"status": _both(table, len(ties), dated, statuses)} if statuses else {},
            )
            for name, (sql, ties, dated) in columns.items()
        },
    }


def _given_sql(day: str, offset: str) -> str:
    start, end = start_of_day_sql(day), start_of_day_sql(f"({day} + 1)")
    return f"greatest({start}, least({start} + {offset}, {end} - interval '1 microsecond'))"


def _both(table: str, ties: int, dated: Any, shares: Sequence[Share]) -> list[IndexRange]:
    return [each for share in shares for each in (_timed(table, ties, share), dated(table, share))]


def _timed(table: str, ties: int, share: Share) -> IndexRange:
    return IndexRange(
        term=share.where(f"{table}.due_on is null"),
        sql=f"{table}.due_at",
        nullable=True,
        ties=("null::date", "null::interval")[:ties],
        only=share.only,
    )


def _dated(table: str, share: Share) -> IndexRange:
    day = f"{table}.due_on"
    return IndexRange(
        term=share.where(f"{day} is not null"),
        sql=start_of_day_sql(day),
        ties=(day,),
        only=share.only,
        order=(day,),
        order_kind="date",
        compare=_compare_day,
    )


def _dated_as_given(table: str, share: Share) -> IndexRange:
    day, offset = f"{table}.due_on", f"{table}.due_offset"
    return IndexRange(
        term=share.where(f"{day} is not null"),
        sql=_given_sql(day, offset),
        ties=(day, offset),
        only=share.only,
        order=(day, offset),
        order_kind="date",
        compare=_compare_around,
        exact=False,
    )


def _compare_day(operator: Operator, value: Any, zone: tzinfo) -> Sequence[tuple[Operator, date]]:
    return compare_days(operator, value, zone) if isinstance(value, datetime) else [(operator, value)]


def _compare_around(operator: Operator, value: Any, zone: tzinfo) -> Sequence[tuple[Operator, date]]:
    """A wider bound that takes in the day of an instant, whatever lies on it, and what begins with that day."""
    if not isinstance(value, datetime):
        return [(operator, value)]
    span = days_around(value, zone)
    if operator == "=":
        return [(">=", min(span.first, span.last)), ("<=", span.last)]
    return [("<=", span.last) if operator in ("<", "<=") else (">=", min(span.first, span.last))]
