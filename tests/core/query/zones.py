"""Zones, and the days around which their clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo, available_timezones

DAY = timedelta(days=1)
EVERY = sorted(available_timezones() - {"Factory", "localtime", "posixrules"})
# Clocks that change at midnight, over it, by less or more than an hour, by a day, and as the moon says.
KNOWN = (
    "UTC", "Africa/Cairo", "Africa/Casablanca", "America/Asuncion", "America/Boa_Vista", "America/Chicago",
    "America/Goose_Bay", "America/Havana", "America/Nuuk", "America/Scoresbysund", "America/Toronto",
    "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia", "Pacific/Kwajalein",
)  # fmt: skip
SAMPLE = sorted({*KNOWN, *Random(20).sample(EVERY, 10)})


def days_of_change(zone: ZoneInfo, first: int, end: int) -> Iterator[date]:
    """The days around each change of the clocks, of the years from `first` until `end`."""
    near: set[date] = set()
    day, before = date(first, 1, 1), None
    while day < date(end, 1, 1):
        offset = datetime(day.year, day.month, day.day, tzinfo=UTC).astimezone(zone).utcoffset()
        if before is not None and offset != before:
            near |= {day + number * DAY for number in range(-3, 4)}
        day, before = day + DAY, offset
    yield from sorted(near)


def some_changes(zone: ZoneInfo, most: int) -> list[date]:
    """Of the years from 1970 to 2100, by chance and the same in each run."""
    days = list(days_of_change(zone, 1970, 2101)) or [date(2026, 1, 1)]
    return Random(str(zone)).sample(days, min(most, len(days)))
