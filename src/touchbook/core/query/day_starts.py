"""The start of a day in SQL: a look-up in tables that Python computes, one pair a zone, bound as values.

A zone's table says by how many seconds the start of a day differs from midnight in UTC, for each stretch of days
that have this in common. Nothing here depends on what PostgreSQL knows of zones.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache

from msgspec import Struct

from touchbook.core.query.days import start_of_day
from touchbook.core.query.where import Where

# Before the first of these days no zone had a transition; from the second on its rules repeat every 400 years.
_FIRST, _NEAR, _FAR = date(1830, 1, 1), date(2100, 1, 1), date(2500, 1, 1)
_CYCLE = (_FAR - _NEAR).days
_EPOCH = date(2000, 1, 1)
# Within so many days no zone changes and changes back: in the past, where one did for a week, and by rules.
_STEP, _FAR_STEP = 5, 28
_DAY = timedelta(days=1)


class DayStarts(Struct, frozen=True):
    """PostgreSQL arrays of integers, as text. `days`: the first day of each stretch but the first, counted from
    2000; `shifts`: the seconds of each stretch. The `far` ones serve the days from 2100 on.
    """

    days: str
    shifts: str
    far_days: str
    far_shifts: str


def start_of_day_sql(day: str) -> str:
    """The expression for the start of the day in a column, as an instant; `bind_days` says in which zone.

    The tables stand in subselects, which are read once a statement, and only if a row asks for them.
    """
    near = _look_up(f"({day} - date '{_EPOCH}')", "days", "shifts")
    far = _look_up(f"({(_NEAR - _EPOCH).days} + ({day} - date '{_NEAR}') % {_CYCLE})", "far_days", "far_shifts")
    shift = f"case when {day} < date '{_NEAR}' then {near} else {far} end"
    return f"(({day}::timestamp + ({shift}) * interval '1 second') at time zone 'UTC')"


def bind_days(sql: str, where: Where, zone: tzinfo) -> str:
    """The statement with the tables of a zone, which are bound once and only if it has a start of a day."""
    if _token("days") not in sql:
        return sql
    starts = day_starts(zone)
    for name in starts.__struct_fields__:
        sql = sql.replace(_token(name), where.value(getattr(starts, name)))
    return sql


def _look_up(number: str, days: str, shifts: str) -> str:
    ends = f"(select {_token(days)}::text::int[])"
    return f"(select {_token(shifts)}::text::int[])[width_bucket({number}, {ends}) + 1]"


def _token(name: str) -> str:
    """Never part of what is sent, like OWNER."""
    return f":zone_{name}:"


@lru_cache(maxsize=1000)
def day_starts(zone: tzinfo) -> DayStarts:
    if isinstance(zone, timezone):
        return DayStarts(*_arrays(only := [(_FIRST, _shift(_FIRST, zone))]), *_arrays(only))
    near = list(_stretches(zone, _FIRST, _NEAR, _STEP))
    far = list(_stretches(zone, _NEAR, _FAR, _FAR_STEP))
    return DayStarts(*_arrays(near), *_arrays(far))


def _arrays(stretches: list[tuple[date, int]]) -> tuple[str, str]:
    days = ",".join(str((day - _EPOCH).days) for day, _ in stretches[1:])
    return f"{{{days}}}", f"{{{','.join(str(shift) for _, shift in stretches)}}}"


def _stretches(zone: tzinfo, first: date, end: date, step: int) -> Iterator[tuple[date, int]]:
    """The first day of each stretch of days with one shift, and that shift."""
    last = _shift(first, zone)
    yield first, last
    for change in _changes(zone, first, end, step):
        # A day may begin at the very change, at an hour of its own.
        for day in (change - _DAY, change):
            if (shift := _shift(day, zone)) != last:
                yield day, shift
                last = shift


def _changes(zone: tzinfo, first: date, end: date, step: int) -> Iterator[date]:
    """The days whose midnight has another offset than the one before."""
    midnight, offset = datetime.combine(first, time()), _offset(datetime.combine(first, time()), zone)
    ahead = timedelta(days=step)
    limit = datetime.combine(end, time())
    while midnight < limit:
        until = min(midnight + ahead, limit)
        later = _offset(until, zone)
        if later != offset:
            yield from _halve(zone, midnight, until, offset, later)
        midnight, offset = until, later


def _halve(
    zone: tzinfo, midnight: datetime, until: datetime, offset: timedelta | None, later: timedelta | None
) -> Iterator[date]:
    if offset == later:
        return
    if until - midnight == _DAY:
        yield until.date()
        return
    middle = midnight + (until - midnight) // _DAY // 2 * _DAY
    between = _offset(middle, zone)
    yield from _halve(zone, midnight, middle, offset, between)
    yield from _halve(zone, middle, until, between, later)


def _offset(midnight: datetime, zone: tzinfo) -> timedelta | None:
    return midnight.replace(tzinfo=zone).utcoffset()


def _shift(day: date, zone: tzinfo) -> int:
    return int((start_of_day(day, zone) - datetime.combine(day, time(), UTC)).total_seconds())
