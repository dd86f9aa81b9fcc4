"""Times on the wire, and the viewer's zone."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

from touchbook.core.errors import Invalid, Malformed
from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.dialects.kit.times import read_moment

_FARTHEST_OFFSET = 14


def viewer_zone(offset: str | None, otherwise: tzinfo) -> tzinfo:
    """`X-TZ-Offset` is in hours from UTC, fractions included (CL-21 to CL-24)."""
    if offset is None or not offset.strip():
        return otherwise
    try:
        hours = float(offset)
    except ValueError:
        raise Malformed("X-TZ-Offset must be a number of hours.") from None
    if not -_FARTHEST_OFFSET <= hours <= _FARTHEST_OFFSET:
        raise Malformed("X-TZ-Offset is out of range.")
    return timezone(timedelta(minutes=round(hours * 60)))


def read_date(name: str, text: object, zone: tzinfo | None = None) -> date | datetime:
    """`2015-01-12` is a day; a date-time without offset is UTC (5.3.5). `zone`: where its day must be in range."""
    if not isinstance(text, str):
        raise Invalid({name: ["Invalid date."]})
    try:
        value = read_moment(text)
    except ValueError:
        raise Invalid({name: ["Invalid date."]}) from None
    if not is_in_range(value, zone):
        raise Invalid({name: [f"Must be a date {DATE_RANGE}."]})
    return value


def show_instant(instant: datetime) -> str:
    """Write six digits and `+00:00`, so that texts sort by time."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds")


def show_date(value: date | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return show_instant(value) if value.microsecond else value.astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat() if value else None
