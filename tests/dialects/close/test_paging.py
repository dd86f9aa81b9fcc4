from typing import Any

import pytest

from tests.dialects.close.asking import id_of, listed
from tests.dialects.close.wire import refusal_of
from tests.factories import NOON
from tests.people import Person
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.new_task import NewTask
from touchbook.store.postgres import Store


async def tasks_of(store: Store, person: Person, count: int) -> list[str]:
    new = NewTask(title="Task", due_at=NOON)
    async with store.transaction() as tx:
        return [id_of(await create_task(tx, person.caller, new)) for _ in range(count)]


async def page(person: Person, **query: Any) -> tuple[list[str], bool]:
    answer = await person.close.get("/task/", params=query)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return [item["id"] for item in body["data"]], body["has_more"]


@pytest.mark.req("CL-60")
async def test_has_more_is_true_exactly_when_rows_follow(store: Store, alice: Person) -> None:
    ids = await tasks_of(store, alice, 5)
    for skip in range(7):
        for limit in range(1, 7):
            expected = (ids[skip : skip + limit], skip + limit < 5)
            for order in ("date", "date_created"):
                assert await page(alice, _skip=skip, _limit=limit, _order_by=order) == expected
    assert await page(alice, _skip=1, _limit=2, _order_by="-date") == (ids[3:1:-1], True)
    assert await page(alice, id__in=",".join(ids[:3]), _limit=3) == (ids[:3], False)
    assert await page(alice, id__in=",".join(ids[:3]), _limit=2) == (ids[:2], True)


@pytest.mark.req("CL-60")
async def test_a_page_has_a_hundred_unless_another_limit_is_sent(store: Store, alice: Person) -> None:
    ids = await tasks_of(store, alice, 101)
    assert await page(alice) == (ids[:100], True)
    assert await page(alice, _limit=101) == (ids, False)
    assert await page(alice, _limit=1000) == (ids, False)
    assert await page(alice, _skip=100) == (ids[100:], False)


@pytest.mark.req("CL-60")
async def test_a_limit_is_honoured_up_to_a_thousand_and_refused_above(store: Store, alice: Person) -> None:
    """A silent cap would lose records to a client that counts on by the limit it sent."""
    ids = await tasks_of(store, alice, 1001)
    assert await page(alice, _limit=1000, _fields="id") == (ids[:1000], True)
    assert await page(alice, _limit=1000, _skip=1, _fields="id") == (ids[1:], False)
    assert refusal_of(await alice.close.get("/task/?_limit=1001"), 400).keys() == {"_limit"}


@pytest.mark.req("CL-60")
async def test_a_page_past_the_end_is_empty(store: Store, alice: Person) -> None:
    await tasks_of(store, alice, 2)
    for skip in (2, 3, 10**6, 2**31):
        assert await page(alice, _skip=skip) == ([], False)


@pytest.mark.parametrize("name", ["_skip", "_limit"])
@pytest.mark.parametrize(
    "text", ["-1", "1.5", "ten", "", "null", "1e2", "9" * 40, "²", "٣", "+1", "1 ", str(2**63)]
)
async def test_a_page_that_is_none_is_refused(alice: Person, name: str, text: str) -> None:
    assert refusal_of(await alice.close.get("/task/", params={name: text}), 400).keys() == {name}


async def test_a_page_of_nothing_is_refused(alice: Person) -> None:
    assert refusal_of(await alice.close.get("/task/?_limit=0"), 400).keys() == {"_limit"}


async def test_pages_leave_nothing_out_while_equals_follow_equals(store: Store, alice: Person) -> None:
    ids = await tasks_of(store, alice, 10)
    for order in ("date", "-date", "date_created", "-date_created"):
        pages = [await listed(alice, _order_by=order, _skip=skip, _limit=3) for skip in range(0, 12, 3)]
        assert [task for page in pages for task in page] == (ids[::-1] if order[0] == "-" else ids)
