import pytest

from tests.dialects.rechat.tasks.records import DUE, HOUR, changed, new_task, shown
from tests.dialects.rechat.wire import refusal_of
from tests.people import Person

RELATIVE = {"is_relative": True, "timestamp": DUE - 2 * HOUR}
FIXED = {"is_relative": False, "timestamp": 1765156454.099}


@pytest.mark.req("RT-41", "RT-42", "RT-43", "RT-44")
async def test_reminders_are_replaced(alice: Person) -> None:
    task = await new_task(alice, reminders=[RELATIVE, FIXED])
    first, second = task["reminders"]
    after = await changed(alice, task, title="Other")
    assert after["reminders"] == [first, second]

    after = await changed(alice, task, reminders=[{**second, "timestamp": DUE}, {**FIXED, "timestamp": DUE - 5}])
    kept, new = after["reminders"]
    assert kept == {**second, "timestamp": DUE, "updated_at": kept["updated_at"]}
    assert new["id"] not in (first["id"], second["id"])
    assert (new["is_relative"], new["timestamp"], new["task"]) == (False, DUE - 5, task["id"])

    after = await changed(alice, task, reminders=[RELATIVE])
    assert {each["id"] for each in after["reminders"]}.isdisjoint({kept["id"], new["id"]})
    assert len(after["reminders"]) == 1
    assert (await changed(alice, task, reminders=[]))["reminders"] == []
    assert (await shown(alice, task))["reminders"] == []


@pytest.mark.req("RT-45", "RT-46")
async def test_relative_ones_move_with_the_due_date(alice: Person) -> None:
    task = await new_task(alice, reminders=[RELATIVE, FIXED])
    for distance in (86_400, -0.5, 3600.25):
        after = await changed(alice, task, due_date=DUE + distance)
        assert [each["timestamp"] for each in after["reminders"]] == [
            pytest.approx(RELATIVE["timestamp"] + distance, abs=1e-6),
            FIXED["timestamp"],
        ]
        assert [each["id"] for each in after["reminders"]] == [each["id"] for each in task["reminders"]]


@pytest.mark.req("RT-45")
async def test_a_whole_task_sent_back_with_another_due_date_moves_them_too(alice: Person) -> None:
    task = await new_task(alice, reminders=[RELATIVE])
    after = await changed(alice, task, **{**task, "due_date": DUE + HOUR})
    assert after["reminders"][0]["timestamp"] == RELATIVE["timestamp"] + HOUR


async def test_those_that_are_sent_otherwise_stand_as_sent(alice: Person) -> None:
    task = await new_task(alice, reminders=[RELATIVE])
    after = await changed(alice, task, due_date=DUE + HOUR, reminders=[{**RELATIVE, "timestamp": DUE}])
    assert after["reminders"][0]["timestamp"] == DUE


async def test_those_of_another_task_are_refused(alice: Person) -> None:
    task, other = await new_task(alice, reminders=[RELATIVE]), await new_task(alice)
    answer = await alice.rechat.put(f"/crm/tasks/{other['id']}", json={"reminders": task["reminders"]})
    assert answer.status_code == 400
    assert await shown(alice, task) == task


@pytest.mark.req("RT-17")
async def test_ids_of_a_copied_task_are_passed_over(alice: Person) -> None:
    task = await new_task(alice, reminders=[RELATIVE])
    copy = await new_task(alice, **{**task, "associations": []})
    assert copy["reminders"][0]["id"] != task["reminders"][0]["id"]
    assert copy["reminders"][0]["timestamp"] == RELATIVE["timestamp"]


async def test_none_is_moved_beyond_all_calendars(alice: Person) -> None:
    task = await new_task(alice, due_date=0, reminders=[{"is_relative": True, "timestamp": 9e10}])
    answer = await alice.rechat.put(f"/crm/tasks/{task['id']}", json={"due_date": 99_000_000_000})
    assert answer.status_code == 200
    answer = await alice.rechat.put(f"/crm/tasks/{task['id']}", json={"due_date": -62_000_000_000})
    assert answer.status_code == 200
    again = await changed(alice, task, reminders=[{"is_relative": True, "timestamp": 9.9e10}])
    answer = await alice.rechat.put(f"/crm/tasks/{task['id']}", json={"due_date": 99_000_000_000})
    assert refusal_of(answer, 400).keys() == {"due_date"}
    close = (await alice.close.get("/task/", params={"_type": "all"})).json()["data"][0]["id"]
    answer = await alice.close.put("/task/", params={"id__in": close}, json={"date": "5000-01-01"})
    assert answer.status_code == 400
    assert await shown(alice, task) == again
