"""A year before 1000 has four digits in every dialect, and can be sent back."""

from datetime import datetime

from tests.dialects.close.records import new_lead
from tests.dialects.close.records import new_task as close_task
from tests.dialects.close.wire import data_of
from tests.dialects.outreach.asking import changed, created, sent, shown
from tests.dialects.rechat.records import everything
from tests.dialects.ysuite import wire as ysuite
from tests.dialects.ysuite.wire import new_task
from tests.factories import contact_of
from tests.people import Person
from touchbook.cli.printing import minute
from touchbook.cli.tasks import _due
from touchbook.core.tasks.queries import find_task
from touchbook.store.postgres import Store

DAY = "0999-05-01"


async def test_a_birthday(alice: Person) -> None:
    made = await created(
        alice, "/prospects", sent("prospect", firstName="Ann", dateOfBirth=f"{DAY}T00:00:00.000Z")
    )
    assert made["attributes"]["dateOfBirth"] == f"{DAY}T00:00:00.000Z"
    assert await changed(alice, f"/prospects/{made['id']}", {"data": made}) == made
    [contact] = await everything(alice)
    birthday = datetime.fromisoformat(f"{DAY}T00:00:00+00:00").timestamp()
    assert (contact["birthday"], contact["summary"]["birthday"]) == (f"{DAY}T00:00:00.000Z", birthday)


async def test_a_day_of_a_task(store: Store, alice: Person) -> None:
    made = await close_task(alice, await new_lead(alice), date=DAY)
    assert made["date"] == made["due_date"] == DAY
    assert data_of(await alice.close.put(f"/task/{made['id']}/", json=made)) == made
    contact = await contact_of(store, alice)
    timed = new_task(cstid=contact.id, start_datetime=f"{DAY}T10:00:00", end_datetime=None)
    number = ysuite.data_of(await alice.ysuite.post("/tasks", json=timed))["activity_id"]
    item = ysuite.data_of(await alice.ysuite.get(f"/tasks/{number}"))
    assert item["start_datetime"] == f"{DAY}T10:00:00"
    assert (await shown(alice, f"/tasks/{number}"))["attributes"]["dueAt"].startswith(DAY)
    async with store.reading() as reader:
        task = await find_task(reader, alice.caller, number)
    assert _due(task, alice.caller) == f"Wed {DAY} 10:00"
    assert minute(task.due_at).startswith(DAY)
