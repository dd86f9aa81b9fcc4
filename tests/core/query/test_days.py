"""A day begins when clocks first show it: in Python, and the same in SQL, in every zone, whatever clocks do."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from random import Random
from typing import Any, get_args
from zoneinfo import ZoneInfo

import pytest

from tests.core.query.zones import DAY, EVERY, KNOWN, SAMPLE, days_of_change, some_changes
from touchbook.core.query.day_starts import bind_days, start_of_day_sql
from touchbook.core.query.days import (
    FIRST_DAY,
    LAST_DAY,
    Operator,
    compare_days,
    day_of,
    is_in_range,
    start_of_day,
)
from touchbook.core.query.where import Where
from touchbook.store.postgres import Store

_TICK = timedelta(microseconds=1)
_COMPARE: dict[Operator, Any] = {
    "<": lambda a, b: a < b, "<=": lambda a, b: a <= b, "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b, ">": lambda a, b: a > b,
}  # fmt: skip


def check_start(day: date, zone: tzinfo) -> None:
    start = start_of_day(day, zone)
    assert start.tzinfo is UTC
    assert start.astimezone(zone).date() >= day
    assert all(
        (start - _TICK - number * timedelta(minutes=15)).astimezone(zone).date() < day for number in range(100)
    )
    assert start <= start_of_day(day + DAY, zone)
    assert day_of(start, zone) >= day > day_of(start - _TICK, zone)


@pytest.mark.parametrize("name", SAMPLE)
def test_a_day_begins_when_clocks_first_show_it(name: str) -> None:
    zone = ZoneInfo(name)
    for day in some_changes(zone, 150):
        check_start(day, zone)


@pytest.mark.long
@pytest.mark.parametrize("name", EVERY)
def test_a_day_begins_when_clocks_first_show_it_everywhere(name: str) -> None:
    zone = ZoneInfo(name)
    for day in days_of_change(zone, 1970, 2101):
        check_start(day, zone)


@pytest.mark.parametrize(
    ("name", "day", "start"),
    [
        ("America/Nuuk", date(2026, 3, 29), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("America/Nuuk", date(2026, 10, 25), datetime(2026, 10, 25, 2, tzinfo=UTC)),
        ("America/Scoresbysund", date(2024, 3, 31), datetime(2024, 3, 31, 1, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 29), datetime(2011, 12, 29, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 30), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("Pacific/Apia", date(2011, 12, 31), datetime(2011, 12, 30, 10, tzinfo=UTC)),
        ("America/Havana", date(2026, 11, 1), datetime(2026, 11, 1, 4, tzinfo=UTC)),
        ("America/Goose_Bay", date(2010, 11, 7), datetime(2010, 11, 7, 3, tzinfo=UTC)),
        ("America/Toronto", date(1919, 3, 31), datetime(1919, 3, 31, 4, 30, tzinfo=UTC)),
    ],
)
def test_days_that_begin_at_an_hour_of_their_own(name: str, day: date, start: datetime) -> None:
    assert start_of_day(day, ZoneInfo(name)) == start


@pytest.mark.parametrize("name", SAMPLE)
def test_a_day_compares_as_its_start_does(name: str) -> None:
    check_comparisons(name, some_changes(ZoneInfo(name), 40))


@pytest.mark.long
@pytest.mark.parametrize("name", EVERY)
def test_a_day_compares_as_its_start_does_everywhere(name: str) -> None:
    check_comparisons(name, days_of_change(ZoneInfo(name), 1970, 2101))


def check_comparisons(name: str, days: Iterable[date]) -> None:
    zone, chance = ZoneInfo(name), Random(name)
    for day in days:
        start = start_of_day(day, zone)
        for instant in (start, start - _TICK, start + _TICK, start + timedelta(hours=chance.randrange(30))):
            for operator in get_args(Operator):
                bounds = compare_days(operator, instant, zone)
                for each in (day + number * DAY for number in range(-3, 4)):
                    found = all(_COMPARE[how](each, bound) for how, bound in bounds)
                    assert found == _COMPARE[operator](start_of_day(each, zone), instant)


async def check_in_sql(store: Store, zone: tzinfo, days: Sequence[date]) -> None:
    where = Where(1)
    sql = f"select d.day, {start_of_day_sql('d.day')} from unnest($2::date[]) as d (day) where $1::bigint > 0"
    where.value(list(days))
    async with store.reading() as reader:
        rows = await reader.fetch(bind_days(sql, where, zone), *where.args)
    assert {row[0]: row[1] for row in rows} == {day: start_of_day(day, zone) for day in days}


def some_days(zone: ZoneInfo) -> list[date]:
    chance = Random(str(zone))
    far = [FIRST_DAY + chance.randrange((LAST_DAY - FIRST_DAY).days) * DAY for _ in range(300)]
    later = [date(2100, 1, 1) + chance.randrange(400 * 365) * DAY for _ in range(100)]
    return [FIRST_DAY, LAST_DAY, date(2099, 12, 31), date(2100, 1, 1), date(2500, 1, 1), *far, *later]


@pytest.mark.parametrize("name", KNOWN)
async def test_sql_begins_days_as_python_does(store: Store, name: str) -> None:
    zone = ZoneInfo(name)
    await check_in_sql(store, zone, [*some_days(zone), *some_changes(zone, 300)])


@pytest.mark.long
@pytest.mark.parametrize("name", EVERY)
async def test_sql_begins_days_as_python_does_everywhere(store: Store, name: str) -> None:
    zone = ZoneInfo(name)
    await check_in_sql(store, zone, [*some_days(zone), *days_of_change(zone, 1830, 2110)])


@pytest.mark.parametrize("hours", [-14, -3.5, 0, 5.75, 14])
async def test_sql_begins_days_at_an_offset_as_python_does(store: Store, hours: float) -> None:
    await check_in_sql(store, timezone(timedelta(hours=hours)), [FIRST_DAY, date(2026, 1, 1), LAST_DAY])


@pytest.mark.parametrize("name", EVERY)
def test_every_day_in_range_has_instants_in_range(name: str) -> None:
    zone = ZoneInfo(name)
    for day in (FIRST_DAY, LAST_DAY):
        last = start_of_day(day + DAY, zone) - _TICK
        for instant in (start_of_day(day, zone), last):
            assert is_in_range(instant)
            assert is_in_range(instant, zone)
            assert day_of(instant, zone) == day
    assert not is_in_range(start_of_day(FIRST_DAY, zone) - _TICK, zone)
    assert not is_in_range(start_of_day(LAST_DAY + DAY, zone), zone)
    for beyond in (datetime.min, datetime.max):
        assert not is_in_range(beyond.replace(tzinfo=UTC), zone)
        assert not is_in_range(beyond.replace(tzinfo=UTC))
