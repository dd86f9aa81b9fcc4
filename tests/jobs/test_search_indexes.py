from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.jobs.search_indexes import merge_new_entries
from touchbook.store.postgres import Store


async def test_new_entries_are_merged(store: Store, alice: Person) -> None:
    await task_of(store, alice, contact_id=(await contact_of(store, alice)).id)
    await merge_new_entries(store)
    async with store.reading() as reader:
        left = await reader.fetch_value(
            "select gin_clean_pending_list('task_texts_folded') + gin_clean_pending_list('contact_texts_folded')"
        )
    assert left == 0


async def test_what_is_merged_is_found(store: Store, alice: Person) -> None:
    await task_of(store, alice, "Ask the zeppelin pilot")
    for _ in range(2):
        await merge_new_entries(store)
    answer = await alice.ysuite.get("/tasks", params={"search": "zeppelin"})
    assert answer.json()["data"]["total_records"] == 1
