from typing import Any

import pytest

from tests.dialects.close.asking import dates, id_of, listed
from tests.dialects.close.records import new_task
from tests.dialects.close.wire import refusal_of
from tests.factories import NOON, task_of
from tests.people import Person
from touchbook.store.postgres import Store

EXAMPLE = ["2015-01-12T07:00:00+00:00", "2015-01-12", "2015-01-12T08:00:00+00:00"]


@pytest.mark.req("CL-25", "CL-26")
async def test_a_day_comes_first_at_its_start(alice: Person, lead: Any) -> None:
    for date in ("2015-01-12T08:00:00", None, "2015-01-12", "2015-01-12T07:00:00"):
        await new_task(alice, lead, date=date)
    assert await dates(alice, -8, _order_by="date") == [*EXAMPLE, None]
    assert await dates(alice, -8) == [*EXAMPLE, None]
    assert await dates(alice, -8, _order_by="-date") == [None, *reversed(EXAMPLE)]
    # An hour to the east the day begins with the first of them.
    assert await dates(alice, -7) == [EXAMPLE[1], EXAMPLE[0], EXAMPLE[2], None]
    assert await dates(alice, -9) == [EXAMPLE[0], EXAMPLE[2], EXAMPLE[1], None]


@pytest.mark.req("CL-26")
async def test_descending_is_the_exact_reverse(store: Store, alice: Person) -> None:
    """Of equals too, which go by age."""
    made = [id_of(await task_of(store, alice, due_at=at)) for at in (NOON, None, NOON, None, NOON)]
    ascending = [made[0], made[2], made[4], made[1], made[3]]
    assert await listed(alice, _order_by="date") == ascending
    assert await listed(alice, _order_by="-date") == ascending[::-1]
    pages = [await listed(alice, _order_by="-date", _skip=skip, _limit=2) for skip in (0, 2, 4)]
    assert [task for page in pages for task in page] == ascending[::-1]


@pytest.mark.req("CL-27")
async def test_creation_orders(alice: Person, lead: Any) -> None:
    made = [(await new_task(alice, lead, date=f"2030-01-0{9 - number}"))["id"] for number in range(5)]
    assert await listed(alice, _order_by="date_created") == made
    assert await listed(alice, _order_by="-date_created") == made[::-1]
    assert await listed(alice, _order_by="-date_created", is_complete="false", _limit=2, _skip=1) == made[3:1:-1]
    assert await listed(alice, _order_by="-date_created", assigned_to="x") == []
    assert await listed(alice, _order_by="date_created", date__lt="2030-01-08") == made[2:]


@pytest.mark.req("CL-28")
@pytest.mark.parametrize(
    "order", ["text", "--date", "due_date", "", "date,-date", "+date", "date_updated", "DATE"]
)
async def test_another_order_is_refused(alice: Person, order: str) -> None:
    assert refusal_of(await alice.close.get("/task/", params={"_order_by": order}), 400).keys() == {"_order_by"}
