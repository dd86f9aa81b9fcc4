"""Reminders outlive what dialects write that do not know them."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.core.tasks.rows import reminding_of
from tests.factories import contact_of, task_of
from tests.people import Person
from tests.stories.telling import SURFACES, Close, told
from touchbook.core.tasks.reminder import RequestedReminder
from touchbook.store.postgres import Store

DUE = datetime(2098, 7, 15, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
REMINDERS = [RequestedReminder(True, DUE - 2 * HOUR), RequestedReminder(False, DUE - HOUR)]


@pytest.mark.parametrize(
    "name", ["ysuite", pytest.param("close", marks=pytest.mark.req("XD-09", surface="close"))]
)
async def test_they_survive_every_write(store: Store, alice: Person, bob: Person, name: str) -> None:
    surface = SURFACES[name]
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, due_at=DUE, contact_id=contact.id, reminders=REMINDERS)
    before = await reminding_of(store, alice, task)
    assert before == [(wish.at, wish.at) for wish in REMINDERS]
    await surface.retitle(store, alice, task, "Other")
    await surface.reassign(store, alice, task, bob)
    await surface.complete(store, bob, task)
    await surface.reopen(store, bob, task)
    assert await reminding_of(store, alice, task) == before


@pytest.mark.req("XD-09", surface="close")
@pytest.mark.parametrize("whole", [True, False])
async def test_they_move_with_the_due_time(store: Store, alice: Person, whole: bool) -> None:
    """To another instant, to a day (it begins at 05:00 UTC for the team), one task or all of a lead."""
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, due_at=DUE, contact_id=contact.id, reminders=REMINDERS)
    close = Close()
    shown = told(await close.ask(alice, close.id_of(task)))
    for date, due in (
        ("2098-07-20T18:30:00.000001Z", datetime(2098, 7, 20, 18, 30, 0, 1, tzinfo=UTC)),
        ("2098-07-21", datetime(2098, 7, 21, 5, tzinfo=UTC)),
    ):
        if whole:
            told(await alice.close.put(f"/task/{close.id_of(task)}/", json={**shown, "date": date}))
        else:
            told(await alice.close.put("/task/", json={"date": date}, params={"lead_id": shown["lead_id"]}))
        moved = due - 2 * HOUR
        assert await reminding_of(store, alice, task) == [(moved, moved), (DUE - HOUR, DUE - HOUR)]
