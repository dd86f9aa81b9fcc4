import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS
from tests.dialects.rechat.tasks.records import everything, found, new_task, search
from tests.dialects.rechat.wire import done, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


@pytest.mark.req("RT-54")
async def test_a_deleted_task_is_gone(alice: Person) -> None:
    gone, kept = await new_task(alice, title="Gone task"), await new_task(alice, title="Kept task")
    done(await alice.rechat.delete(f"/crm/tasks/{gone['id']}"))
    assert await everything(alice) == [kept]
    assert await found(alice, q="task") == [kept["id"]]
    assert rows_of(await search(alice, q="gone"), total=0) == []
    for path in (f"/crm/tasks/{gone['id']}", f"/crm/tasks/{gone['id']}/associations"):
        refusal_of(await alice.rechat.get(path), 404)
    refusal_of(await alice.rechat.delete(f"/crm/tasks/{gone['id']}"), 404)


async def test_only_whose_it_is_and_who_may_write_deletes_it(store: Store, alice: Person, charlie: Person) -> None:
    task = await new_task(alice)
    for uid in (task["id"], NEVER):
        refusal_of(await charlie.rechat.delete(f"/crm/tasks/{uid}"), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.delete(f"/crm/tasks/{text}"), 400)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.delete(f"/crm/tasks/{task['id']}"), 403)
    assert await everything(alice) == [task]
