"""What a request asks of the database does not grow with what there is, nor with what is sent."""

from typing import Any

from tests.counting import counting
from tests.dialects.rechat.records import me, new_contact
from tests.dialects.rechat.tasks.records import DUE, EVERYTHING, create, link, new_listing, new_task, put, search
from tests.dialects.rechat.wire import data_of, rows_of
from tests.factories import deal_of
from tests.people import Person
from touchbook.store.postgres import Store


async def parts(store: Store, alice: Person, bob: Person, many: int) -> dict[str, Any]:
    contacts = [(await new_contact(alice))["id"] for _ in range(many)]
    records = [
        *(link("contact", uid, metadata={"n": 1}) for uid in contacts),
        link("listing", (await new_listing(alice))["id"]),
        link("deal", str((await deal_of(store, alice)).uid)),
    ]
    reminders = [{"is_relative": True, "timestamp": DUE - number} for number in range(many)]
    return {"associations": records, "reminders": reminders, "assignees": [me(alice), me(bob)][:many]}


async def test_a_page_takes_as_many_for_fifty_tasks_as_for_one(store: Store, alice: Person, bob: Person) -> None:
    queries: list[dict[str, Any]] = [
        {},
        {"associations": EVERYTHING},
        {"associations": EVERYTHING, "q": "hello", "assignee": me(alice)},
        {"associations": "crm_task.associations,crm_association.contact", "order": "-updated_at"},
    ]

    async def taken() -> list[int]:
        numbers = []
        for query in queries:
            with counting() as count:
                rows_of(await search(alice, limit=1000, **query))
            numbers.append(count())
        return numbers

    await new_task(alice, **await parts(store, alice, bob, 1))
    one = await taken()
    for number in range(49):
        person = (alice, bob)[number % 2]
        await new_task(person, **await parts(store, person, alice, 2))
    assert await taken() == one
    assert 2 == one[0] < one[1]
    assert len(rows_of(await search(alice, limit=1000))) == 50


async def test_a_write_takes_as_many_for_twenty_parts_as_for_two(store: Store, alice: Person, bob: Person) -> None:
    numbers = []
    for many in (2, 20):
        first, second = [await parts(store, alice, bob, many) for _ in range(2)]
        with counting() as count:
            task = data_of(await create(alice, **first))
            created = count()
            data_of(await put(alice, task, **second, due_date=DUE + 5, title="Other"))
        numbers.append((created, count()))
    assert numbers[0] == numbers[1]
