"""Timed and date-only tasks, each in the order of an index by when they are due.

A date-only task is due when its day begins for the viewer, and stands before the timed ones of that instant.
Either is compared with instants and days; a day is a span: before it, up to its end, after it, from its start on
(5.3.7).
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from msgspec.structs import replace

from touchbook.core.query.day_starts import start_of_day_sql
from touchbook.core.query.days import Operator, compare_days, days_around, start_of_day
from touchbook.core.query.schema import IndexRange

_DAY = timedelta(days=1)


def due_ranges(table: str, term: str = "true") -> tuple[IndexRange, IndexRange]:
    """`table` has the sort keys of tasks; `term` narrows both ranges."""
    day = f"{table}.due_on"
    return (
        _timed(table, term),
        IndexRange(
            term=f"{day} is not null and {term}",
            sql=start_of_day_sql(day),
            order=(day,),
            order_kind="date",
            compare=_compare_day,
        ),
    )


def given_ranges(table: str) -> tuple[IndexRange, IndexRange]:
    """A date-only task by the instant that it was given with, which is never beyond its day: that may be shorter
    than the one of which the offset was taken.
    """
    day, offset = f"{table}.due_on", f"{table}.due_offset"
    start, end = start_of_day_sql(day), start_of_day_sql(f"({day} + 1)")
    return (
        _timed(table, "true"),
        IndexRange(
            term=f"{day} is not null",
            sql=f"greatest({start}, least({start} + {offset}, {end} - interval '1 microsecond'))",
            order=(day, offset),
            order_kind="date",
            compare=_compare_around,
            exact=False,
        ),
    )


def _timed(table: str, term: str) -> IndexRange:
    return replace(instants(f"{table}.due_at"), term=f"{table}.due_on is null and {term}", nullable=True)


def instants(column: str) -> IndexRange:
    """A column of instants, compared with instants and days."""
    return IndexRange(term="true", sql=column, order=(column,), order_kind="timestamptz", compare=_compare_instant)


def _compare_instant(operator: Operator, value: Any, zone: tzinfo) -> Sequence[tuple[Operator, datetime]]:
    if isinstance(value, datetime):
        return [(operator, value)]
    if operator in ("<", ">="):
        return [(operator, start_of_day(value, zone))]
    return [("<" if operator == "<=" else ">=", start_of_day(value + _DAY, zone))]


def _compare_day(operator: Operator, value: Any, zone: tzinfo) -> Sequence[tuple[Operator, date]]:
    return compare_days(operator, value, zone) if isinstance(value, datetime) else [(operator, value)]


def _compare_around(operator: Operator, value: Any, zone: tzinfo) -> Sequence[tuple[Operator, date]]:
    """A wider bound that takes in the day of an instant, whatever lies on it, and what begins with that day."""
    if not isinstance(value, datetime):
        return [(operator, value)]
    span = days_around(value, zone)
    return [("<=", span.last) if operator in ("<", "<=") else (">=", min(span.first, span.last))]
