"""Times on the wire: `2026-11-21T23:51:32.643Z`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.dialects.kit.times import plus_of_address, read_moment
from touchbook.dialects.outreach.errors import Refused

NO_DATE = f"This must be a date or date-time {DATE_RANGE}."
_MILLISECOND = timedelta(milliseconds=1)
_MICROSECOND = timedelta(microseconds=1)


def show_instant(instant: datetime) -> str:
    """Always write fraction and Z, so that texts sort by time."""
    return f"{instant.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def show_optional(instant: datetime | None) -> str | None:
    return None if instant is None else show_instant(instant)


def show_day(day: date | None) -> str | None:
    """Show a day as its midnight."""
    return None if day is None else f"{day.isoformat()}T00:00:00.000Z"


def read_instant(text: str) -> datetime:
    """A date-time without offset is UTC. ValueError."""
    return _read(text)[0]


def read_stretch(text: str) -> tuple[datetime, datetime]:
    """Return the interval (end excluded) that a text means: a day, or the millisecond shown. ValueError."""
    return _read(text)


def _read(text: str) -> tuple[datetime, datetime]:
    moment = read_moment(plus_of_address(text))
    if not is_in_range(moment):
        raise ValueError(text)
    if not isinstance(moment, datetime):
        day = datetime.combine(moment, time(), UTC)
        return day, day + timedelta(days=1)
    return moment, moment + (_MICROSECOND if moment.microsecond % 1000 else _MILLISECOND)


def read_day(member: str, text: str) -> date:
    """Return the day of a date or a date-time. Refused for the attribute `member` if it is none."""
    try:
        return read_instant(text).date()
    except (ValueError, OverflowError):
        raise Refused({f"/data/attributes/{member}": NO_DATE}) from None


def with_shown_day(attributes: Mapping[str, Any], name: str, member: str) -> dict[str, Any]:
    """Write the day of an attribute as it is shown, since it can be written in more ways."""
    text = attributes.get(name)
    return {**attributes, **({name: show_day(read_day(member, text))} if text else {})}
