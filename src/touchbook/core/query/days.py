"""Where a day begins in a time zone, and which dates there are. Python's zone database is the only one: SQL gets
what it compares from here.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Literal

from msgspec import Struct

Operator = Literal["<", "<=", "=", ">=", ">"]

# Any of these days begins and ends at an instant that can be written in UTC, in every zone.
FIRST_DAY = date(1, 1, 2)
LAST_DAY = date(9999, 12, 30)
DATE_RANGE = f"from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()}"

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
# No zone was ever farther from UTC than 16 hours.
_FARTHEST = timedelta(hours=16)
_FIRST_INSTANT = datetime.combine(FIRST_DAY, time(), UTC) - _FARTHEST
_END = datetime.combine(LAST_DAY + _DAY, time(), UTC) + _FARTHEST


def is_in_range(value: date | datetime, zone: tzinfo | None = None) -> bool:
    """A date-time counts by its day in `zone`; without one it is enough that a zone has it in range."""
    if isinstance(value, datetime) and zone is None:
        return _FIRST_INSTANT <= value < _END
    day = day_of(value, zone or UTC) if isinstance(value, datetime) else value
    return FIRST_DAY <= day <= LAST_DAY


# A page or a bulk change asks for the same few days again and again.
@lru_cache(maxsize=8192)
def start_of_day(day: date, zone: tzinfo) -> datetime:
    """The first instant at which the clocks show that day or a later one, in UTC.

    Where clocks go back over midnight, the day begins when they first show it. A day that a zone skipped begins
    with the next one.
    """
    midnight = datetime.combine(day, time(), zone)
    start = midnight.astimezone(UTC)
    if start.astimezone(zone).replace(tzinfo=None) == midnight.replace(tzinfo=None):
        return start
    return _transition(midnight.replace(fold=1).astimezone(UTC), start, zone)


def day_of(instant: datetime, zone: tzinfo) -> date:
    """The last day that has begun at an instant. Beyond the calendar it is the calendar's first or last."""
    try:
        day = instant.astimezone(zone).date()
    except OverflowError:
        return date.max if instant.year > 1 else date.min
    # Where clocks go back over midnight, they show the day before once more.
    if FIRST_DAY <= day <= LAST_DAY and start_of_day(day + _DAY, zone) <= instant:
        return day + _DAY
    return day


class DaySpan(Struct, frozen=True):
    """`first`: the first day that begins at an instant or later; `last`: the last that begins then or earlier."""

    first: date
    last: date


def days_around(instant: datetime, zone: tzinfo) -> DaySpan:
    """Several days begin at one instant where a zone skipped one; none does at most instants."""
    last = min(max(day_of(instant, zone), FIRST_DAY - _DAY), LAST_DAY)
    first = last + _DAY
    while first > FIRST_DAY and start_of_day(first - _DAY, zone) >= instant:
        first -= _DAY
    return DaySpan(first, last)


def compare_days(operator: Operator, instant: datetime, zone: tzinfo) -> list[tuple[Operator, date]]:
    """How a day compares with others, if its start compares with `instant` by `operator`."""
    span = days_around(instant, zone)
    if operator == "=":
        return [(">=", span.first), ("<=", span.last)]
    return [(operator, span.first if operator in ("<", ">=") else span.last)]


def compare_instants(operator: Operator, value: date | datetime, zone: tzinfo) -> list[tuple[Operator, datetime]]:
    """How an instant compares with others, if it compares with `value` by `operator`.

    A day is a span: an instant lies before it, up to its end, after it, or from its start on (5.3.7).
    """
    if isinstance(value, datetime):
        return [(operator, value)]
    if operator in ("<", ">="):
        return [(operator, start_of_day(value, zone))]
    return [("<" if operator == "<=" else ">=", start_of_day(value + _DAY, zone))]


def _transition(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """When the clocks were put forward between two instants."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            break
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
