from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from tests.dialects.close.asking import dates, id_of, listed, put
from tests.dialects.close.records import new_task
from tests.dialects.close.wire import refusal_of
from tests.factories import task_of
from tests.people import Person
from touchbook.core.tasks.task import CLOSED, OPEN
from touchbook.store.postgres import Store

At = Callable[[str], None]
EVENING = "2015-01-12T07:30:00+00:00"
SIGHT = [
    "2014-12-31",
    "2015-01-11",
    "2015-01-12T07:59:59.999999+00:00",
    "2015-01-12",
    "2015-01-12T08:00:00+00:00",
    "2015-01-12T23:59:59+00:00",
    "2015-01-13",
]


@pytest.fixture
async def tasks(alice: Person, lead: Any) -> None:
    for when in (None, *SIGHT):
        await new_task(alice, lead, date=when)


@pytest.mark.req("CL-15", "CL-16", "CL-17", "CL-21", "CL-22")
@pytest.mark.usefixtures("tasks")
async def test_west_of_utc_it_is_still_the_eleventh(alice: Person, at: At) -> None:
    at(EVENING)
    assert await dates(alice, -8, view="inbox") == SIGHT[:3]
    assert await dates(alice, -8, view="future") == SIGHT[3:]
    # The midnight border is that of the viewer's clock, to the microsecond.
    at("2015-01-12T07:59:59.999999+00:00")
    assert await dates(alice, -8, view="inbox") == SIGHT[:3]
    at("2015-01-12T08:00:00+00:00")
    assert await dates(alice, -8, view="inbox") == SIGHT[:6]
    assert await dates(alice, -8, view="future") == SIGHT[6:]


@pytest.mark.req("CL-22")
async def test_a_minute_before_eight_belongs_to_the_day_before(alice: Person, lead: Any, at: At) -> None:
    task = (await new_task(alice, lead, date="2015-01-12T07:59:00Z"))["id"]
    at("2015-01-11T20:00:00+00:00")
    assert await listed(alice, -8, view="inbox") == [task]
    assert await listed(alice, -8, date="2015-01-11") == [task]
    assert await listed(alice, -8, date="2015-01-12") == []
    assert await listed(alice, -7, view="inbox") == []
    assert await listed(alice, -7, date="2015-01-12") == [task]


@pytest.mark.req("CL-23", "CL-15", "CL-17")
@pytest.mark.parametrize("offset", [None, 0, "", "-0.0"])
@pytest.mark.usefixtures("tasks")
async def test_without_an_offset_the_day_is_that_of_utc(alice: Person, at: At, offset: Any) -> None:
    at(EVENING)
    inbox = [SIGHT[0], SIGHT[1], SIGHT[3], SIGHT[2], SIGHT[4], SIGHT[5]]
    assert await dates(alice, offset, view="inbox") == inbox
    assert await dates(alice, offset, view="future") == SIGHT[6:]
    assert await dates(alice, offset, date="2015-01-12") == inbox[2:]


@pytest.mark.req("CL-24")
@pytest.mark.parametrize(
    ("offset", "border"),
    [("5.5", "2015-01-11T18:30:00"), ("5.75", "2015-01-11T18:15:00"), ("-3.5", "2015-01-12T03:30:00")],
)
async def test_offsets_have_fractions(alice: Person, lead: Any, at: At, offset: str, border: str) -> None:
    before = (datetime.fromisoformat(f"{border}+00:00") - timedelta(microseconds=1)).isoformat()
    for when in (before, f"{border}+00:00", "2015-01-12"):
        await new_task(alice, lead, date=when)
    ordered = [before, "2015-01-12", f"{border}+00:00"]
    assert await dates(alice, offset) == ordered
    at(f"{border}+00:00")
    assert await dates(alice, offset, view="inbox") == ordered
    at(before)
    assert await dates(alice, offset, view="inbox") == ordered[:1]
    assert await dates(alice, offset, view="future") == ordered[1:]


@pytest.mark.req("CL-18")
@pytest.mark.usefixtures("tasks")
async def test_inbox_and_future_share_out_the_open_tasks_with_a_date(store: Store, alice: Person, at: At) -> None:
    for status in sorted(OPEN | CLOSED):
        await task_of(store, alice, status=status)
    await task_of(store, alice, due_on=date(2026, 7, 17))
    at("2026-07-14T20:00:00+00:00")
    for offset in (-14, -8, 0, 5.5, 14):
        inbox = await listed(alice, offset, view="inbox")
        future = await listed(alice, offset, view="future")
        assert not set(inbox) & set(future)
        whole = await listed(alice, offset, is_complete="false", date__gte="1900-01-01")
        assert [*inbox, *future] == whole
        assert len(whole) == len(SIGHT) + len(OPEN) + 1
        assert inbox
        assert future


@pytest.mark.req("CL-19", "CL-15", "CL-17")
async def test_the_archive_has_what_is_complete_and_nothing_else(store: Store, alice: Person, at: At) -> None:
    ids = {status: id_of(await task_of(store, alice, status=status)) for status in OPEN | CLOSED}
    undated = id_of(await task_of(store, alice, status="completed", due_at=None))
    assert set(await listed(alice, view="archive")) == {*(ids[status] for status in CLOSED), undated}
    at("2026-07-15T00:00:00+00:00")
    assert set(await listed(alice, view="inbox")) == {ids[status] for status in OPEN}
    at("2026-07-14T00:00:00+00:00")
    assert set(await listed(alice, view="future")) == {ids[status] for status in OPEN}
    assert await listed(alice, view="inbox") == []


@pytest.mark.req("CL-20")
@pytest.mark.parametrize("view", ["Inbox", "all", "", "inbox,future", "none"])
async def test_an_unknown_view_is_refused(alice: Person, view: str) -> None:
    assert refusal_of(await alice.close.get("/task/", params={"view": view}), 400).keys() == {"view"}


@pytest.mark.usefixtures("tasks")
async def test_a_view_narrows_like_any_filter(alice: Person, at: At) -> None:
    """Inbox and future have their own date__lt and date__gte; every other bound holds beside them (5.3.3)."""
    at(EVENING)
    for name in ("date__lt", "due_date__lt"):
        assert await dates(alice, -8, view="inbox", **{name: "2015-01-01"}) == SIGHT[:3]
    for name in ("date__gte", "due_date__gte"):
        assert await dates(alice, -8, view="future", **{name: "2016-01-01"}) == SIGHT[3:]
    assert await dates(alice, -8, view="inbox", date__lte="2015-01-01") == SIGHT[:1]
    assert await dates(alice, -8, view="inbox", date__gt="2015-01-01") == SIGHT[1:3]
    assert await dates(alice, -8, view="inbox", date="2015-01-11") == SIGHT[1:3]
    assert await dates(alice, -8, view="future", date="2015-01-11") == []
    assert await dates(alice, -8, view="archive", date__lt="2015-01-01") == []
    assert await listed(alice, view="archive", is_complete="false") == []
    assert await listed(alice, view="inbox", is_complete="true") == []
    assert await listed(alice, view="inbox", _type="voicemail") == []


@pytest.mark.req("CL-40", "CL-41")
async def test_completing_moves_from_the_inbox_to_the_archive_and_reopening_back(alice: Person, lead: Any) -> None:
    task = (await new_task(alice, lead, date="2015-01-12"))["id"]

    async def views() -> list[list[str]]:
        return [await listed(alice, view=view) for view in ("inbox", "archive", "future")]

    assert await views() == [[task], [], []]
    assert (await put(alice, task, is_complete=True))["is_complete"] is True
    assert await views() == [[], [task], []]
    assert (await put(alice, task, is_complete=False))["is_complete"] is False
    assert await views() == [[task], [], []]
