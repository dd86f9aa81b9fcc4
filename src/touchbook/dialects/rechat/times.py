"""Instants are seconds since 1970 with fractions; days are the seconds of their midnight in UTC."""

from datetime import UTC, date, datetime, tzinfo
from math import floor

from touchbook.core.errors import Invalid
from touchbook.core.query.days import DATE_RANGE, is_in_range

_EPOCH = date(1970, 1, 1)
_DAY = 86_400
_MILLISECONDS = 1e11


def seconds(instant: datetime) -> float:
    return instant.timestamp()


def seconds_or_none(instant: datetime | None) -> float | None:
    return None if instant is None else instant.timestamp()


def read_seconds(name: str, text: str) -> datetime:
    """Read seconds, or milliseconds, from text."""
    try:
        number = float(text)
    except ValueError as wrong:
        raise _no_time(name) from wrong
    return instant_of(name, number)


def instant_of(name: str, number: float, zone: tzinfo | None = None) -> datetime:
    """Take a number as seconds, or above 1e11 as milliseconds (A-01). `zone`: where its day must be in range."""
    seconds = number / 1000 if abs(number) > _MILLISECONDS else number
    try:
        instant = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise _no_time(name) from None
    if not is_in_range(instant, zone):
        raise _no_time(name)
    return instant


def day_of(seconds: float) -> date | None:
    """The UTC day in which they fall (RC-024, RC-027); None beyond all calendars."""
    try:
        return datetime.fromtimestamp(floor(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        return None


def _no_time(name: str) -> Invalid:
    return Invalid({name: [f"{name} must be a time {DATE_RANGE}, in seconds or milliseconds."]})


def midnight(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days * _DAY


def iso_midnight(day: date | None) -> str | None:
    """Return `1970-01-12T00:00:00.000Z` (RC-025)."""
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"
