import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, new_contact
from tests.dialects.rechat.tasks.records import PARTS, everything, link, new_task, shown
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


async def test_a_task_is_ended_and_opened_again(alice: Person) -> None:
    task = await new_task(alice)
    path = f"/crm/tasks/{task['id']}/status"
    for status in ("DONE", "PENDING"):
        after = data_of(await alice.rechat.patch(path, json={"status": status}, params={"associations": PARTS}))
        assert after == {**task, "status": status, "updated_at": after["updated_at"]}
        assert await shown(alice, task) == after


async def test_a_call_that_is_done_has_touched_its_contacts(alice: Person) -> None:
    contact = await new_contact(alice)
    task = await new_task(alice, task_type="Call")
    sent = {"status": "DONE", "associations": [link("contact", contact["id"])]}
    data_of(await alice.rechat.put(f"/crm/tasks/{task['id']}", json=sent))
    after = data_of(await alice.rechat.get(f"/contacts/{contact['id']}"))
    assert after["last_touch"] is not None
    await alice.rechat.patch(f"/crm/tasks/{task['id']}/status", json={"status": "PENDING"})
    assert data_of(await alice.rechat.get(f"/contacts/{contact['id']}"))["last_touch"] is None


@pytest.mark.parametrize("sent", [{}, {"status": None}, {"status": "done"}, {"status": 1}, []])
async def test_another_status_is_refused(alice: Person, sent: object) -> None:
    task = await new_task(alice)
    refusal_of(await alice.rechat.patch(f"/crm/tasks/{task['id']}/status", json=sent), 400)
    assert await everything(alice) == [task]


async def test_only_whose_it_is_and_who_may_write_ends_it(store: Store, alice: Person, charlie: Person) -> None:
    task, done = await new_task(alice), {"status": "DONE"}
    for uid in (task["id"], NEVER):
        refusal_of(await charlie.rechat.patch(f"/crm/tasks/{uid}/status", json=done), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.patch(f"/crm/tasks/{text}/status", json=done), 400)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.patch(f"/crm/tasks/{task['id']}/status", json=done), 403)
    refusal_of(await alice.rechat.get(f"/crm/tasks/{task['id']}/status"), 405)
    assert await everything(alice) == [task]
