from typing import Any

import pytest

from tests.dialects.close.asking import id_of, listed, shown
from tests.dialects.close.records import NO_IDS, new_task
from tests.dialects.close.wire import data_of, refusal_of
from tests.factories import task_of
from tests.people import Person
from touchbook.store.postgres import Store


@pytest.mark.req("CL-48")
async def test_a_deleted_task_is_gone(alice: Person, bob: Person, lead: Any) -> None:
    task, other = await new_task(alice, lead), await new_task(alice, lead)
    answer = await bob.close.delete(f"/task/{task['id']}/")
    assert (answer.status_code, answer.content) == (200, b"{}")
    refusal_of(await alice.close.get(f"/task/{task['id']}/"), 404)
    assert await listed(alice, _type="all") == [other["id"]]
    for query in ({"id": task["id"]}, {"view": "inbox"}, {"assigned_to": task["assigned_to"]}):
        assert task["id"] not in await listed(alice, **query)


async def test_it_can_be_deleted_once_only_and_no_longer_changed(alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    await alice.close.delete(f"/task/{task['id']}/")
    refusal_of(await alice.close.delete(f"/task/{task['id']}/"), 404)
    refusal_of(await alice.close.put(f"/task/{task['id']}/", json={"is_complete": True}), 404)
    answer = await alice.close.put(f"/task/?id__in={task['id']}", json={"is_complete": True})
    assert data_of(answer) == {"count": 0}


async def test_a_task_of_any_type_can_be_deleted(store: Store, alice: Person) -> None:
    task = await task_of(store, alice, origin="voicemail", status="completed")
    assert data_of(await alice.close.delete(f"/task/{id_of(task)}/")) == {}
    assert await listed(alice, _type="all") == []


async def test_an_unknown_task_is_not_found(alice: Person, charlie: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    for number in NO_IDS:
        refusal_of(await alice.close.delete(f"/task/{number}/"), 404)
    refusal_of(await charlie.close.delete(f"/task/{task['id']}/"), 404)
    refusal_of(await alice.close.delete("/task/"), 405)
    assert await shown(alice, task["id"]) == task
