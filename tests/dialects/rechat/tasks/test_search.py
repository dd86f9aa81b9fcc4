from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, me, new_contact
from tests.dialects.rechat.tasks.records import (
    DUE,
    EVERYTHING,
    everything,
    found,
    link,
    new_listing,
    new_task,
    search,
)
from tests.dialects.rechat.wire import data_of, ids_of, refusal_of, rows_of
from tests.factories import deal_of
from tests.people import Person
from touchbook.store.postgres import Store


@pytest.mark.req("RT-53", "RT-54")
async def test_a_list_is_of_the_team_alone(alice: Person, charlie: Person) -> None:
    assert rows_of(await alice.rechat.get("/crm/tasks"), total=0) == []
    await new_task(charlie)
    mine = [(await new_task(alice, due_date=DUE + number))["id"] for number in range(12)]
    assert ids_of(await alice.rechat.get("/crm/tasks"), total=12) == mine[:10]
    assert ids_of(await alice.rechat.get("/crm/tasks", params={"limit": 50}), total=12) == mine


@pytest.mark.req("RT-55", "RT-56")
async def test_pages_have_every_task_once(alice: Person) -> None:
    for _ in range(12):
        await new_task(alice)
    assert len(rows_of(await search(alice), total=12)) == 10
    for order in ("due_date", "-due_date", "created_at", "-updated_at"):
        pages = [
            ids_of(await search(alice, start=start, limit=5, order=order), total=12) for start in (0, 5, 10, 15)
        ]
        assert [len(page) for page in pages] == [5, 5, 2, 0]
        assert [uid for page in pages for uid in page] == await found(alice, order=order)
        assert len({uid for page in pages for uid in page}) == 12


@pytest.mark.req("RT-57", "RT-58", "RT-59")
async def test_each_word_stands_in_the_title_or_the_description(alice: Person) -> None:
    hello = (await new_task(alice))["id"]
    house = (await new_task(alice, title="Show Éva the house", description="Hello, it is big: 100% world_wide"))[
        "id"
    ]
    for words, expected in (
        ("Hello World", [hello, house]), ("hello TASK", [hello]), ("world task hello", [hello]), ("eva", [house]),
        ("hel", [hello, house]), ("ÉVA", [house]), ("house big", [house]), ("100%", [house]), ("d_w", [house]),
        ("_", [house]),
        ("%", [house]), ("hello nowhere", []), ("  ", [hello, house]),
    ):  # fmt: skip
        assert await found(alice, q=words) == expected, words
    assert await found(alice, q=["hello", "house"]) == [house]
    assert rows_of(await search(alice, q="nowhere"), total=0) == []


@pytest.mark.req("RT-58")
async def test_what_is_searched_follows_the_task(alice: Person) -> None:
    task = await new_task(alice, description="Before")
    await alice.rechat.put(f"/crm/tasks/{task['id']}", json={"description": "After"})
    assert (await found(alice, q="before"), await found(alice, q="after hello")) == ([], [task["id"]])


@pytest.mark.req("RT-60")
async def test_any_assignee_counts(alice: Person, bob: Person) -> None:
    both = (await new_task(alice, assignees=[me(alice), me(bob)]))["id"]
    one = (await new_task(alice, assignees=[me(bob)]))["id"]
    nobody = (await new_task(alice))["id"]
    assert await found(alice, assignee=me(bob)) == [both, one]
    assert await found(alice, assignee=me(alice)) == [both]
    assert await found(alice, assignee=NEVER) == []
    assert nobody in await found(alice, assignee="")


@pytest.mark.req("RT-61", "RT-62")
async def test_any_link_counts(store: Store, alice: Person, charlie: Person) -> None:
    john, kate = [(await new_contact(alice))["id"] for _ in range(2)]
    listing, deal = (await new_listing(alice))["id"], str((await deal_of(store, alice)).uid)
    first = await new_task(alice, associations=[link("contact", john), link("contact", kate), link("deal", deal)])
    second = await new_task(alice, associations=[link("contact", kate), link("listing", listing)])
    assert await found(alice, contact=john) == [first["id"]]
    assert await found(alice, contact=kate) == [first["id"], second["id"]]
    assert (await found(alice, deal=deal), await found(alice, listing=listing)) == ([first["id"]], [second["id"]])
    assert await found(alice, contact=kate, deal=deal) == [first["id"]]
    assert await found(charlie, contact=kate) == []
    for kind in ("contact", "deal", "listing"):
        assert rows_of(await search(alice, **{kind: NEVER}), total=0) == []
    await alice.rechat.delete(f"/crm/tasks/{first['id']}/associations", params={"ids": kate})
    assert await found(alice, contact=kate) == [second["id"]]


@pytest.mark.req("RT-63")
async def test_both_ends_of_the_due_date_count(alice: Person) -> None:
    tasks = [(await new_task(alice, due_date=DUE + number))["id"] for number in range(4)]
    assert await found(alice, due_gte=DUE + 1, due_lte=DUE + 2) == tasks[1:3]
    assert await found(alice, due_gte=DUE + 1) == tasks[1:]
    assert await found(alice, due_lte=DUE) == tasks[:1]
    assert await found(alice, due_gte=(DUE + 3) * 1000) == tasks[3:]


@pytest.mark.req("RT-64", "RT-65", "RT-68")
async def test_status_and_type(alice: Person) -> None:
    made: dict[tuple[str, str], str] = {}
    for status in ("PENDING", "DONE"):
        for kind in ("Call", "Message", "Todo"):
            made[status, kind] = (await new_task(alice, status=status, task_type=kind))["id"]
    for status in ("PENDING", "DONE"):
        assert set(await found(alice, status=status)) == {
            made[status, kind] for kind in ("Call", "Message", "Todo")
        }
        for kind in ("Call", "Message", "Todo"):
            assert await found(alice, status=status, task_type=kind, q="hello") == [made[status, kind]]
            assert await found(alice, status=status, task_type=kind, q="nowhere") == []
    for kind in ("Call", "Message", "Todo"):
        assert set(await found(alice, task_type=kind)) == {made[status, kind] for status in ("PENDING", "DONE")}


@pytest.mark.req("RT-66")
async def test_orders(alice: Person) -> None:
    late, early = await new_task(alice, due_date=DUE + 9), await new_task(alice, due_date=DUE)
    await alice.rechat.put(f"/crm/tasks/{late['id']}", json={"title": "Last"})
    by_due, by_age = [early["id"], late["id"]], [late["id"], early["id"]]
    assert await found(alice, order="due_date") == await found(alice) == by_due
    assert await found(alice, order="-due_date") == by_due[::-1]
    assert await found(alice, order="created_at") == by_age
    assert await found(alice, order="-created_at") == by_age[::-1]
    assert await found(alice, order="updated_at") == by_due
    assert await found(alice, order="-updated_at") == by_due[::-1]


@pytest.mark.req("RT-69")
async def test_rows_have_what_is_asked_for(alice: Person) -> None:
    contact = await new_contact(alice)
    links = [link("contact", contact["id"])]
    tasks = [await new_task(alice, associations=links, assignees=[me(alice)]) for _ in range(2)]
    rows = rows_of(await search(alice, associations="crm_task.associations"))
    for row, task in zip(rows, tasks, strict=True):
        assert row["associations"] == task["associations"]
        assert (row["contacts"], row["deals"], row["listings"], row["emails"]) == ([contact["id"]], [], [], [])
        assert "assignees" not in row
    whole = rows_of(await search(alice, associations=EVERYTHING))
    assert [row["associations"][0]["contact"]["id"] for row in whole] == [contact["id"]] * 2


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"order": "title"}, marks=pytest.mark.req("RT-67")),
        pytest.param({"order": "--due_date"}, marks=pytest.mark.req("RT-67")),
        pytest.param({"order": "+due_date"}, marks=pytest.mark.req("RT-67")),
        {"start": -1}, {"start": "x"}, {"limit": 0}, {"limit": 1001}, {"limit": 1.5}, {"status": "OPEN"},
        {"task_type": "call"}, {"due_gte": "tomorrow"}, {"due_lte": "nan"}, {"due_lte": 1e300}, {"deal": "123456"},
        {"contact": "x"}, {"listing": "0"}, {"assignee": "me"}, {"q": "a " * 300},
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_refused(alice: Person, query: dict[str, Any]) -> None:
    for path in ("/crm/tasks", "/crm/tasks/search"):
        assert refusal_of(await alice.rechat.get(path, params=query), 400).keys() == query.keys()


@pytest.mark.req("RT-93")
async def test_a_token_is_needed(alice: Person) -> None:
    for path in ("/crm/tasks", "/crm/tasks/search"):
        refusal_of(await alice.rechat.get(path, headers={"authorization": ""}), 401)
        refusal_of(await alice.rechat.get(path, headers={"authorization": "Bearer tb_1_x"}), 401)


async def test_the_brand_of_the_header_is_whose_tasks_they_are(alice: Person, charlie: Person) -> None:
    await new_task(alice)
    for brand, status in ((str(alice.team.uid), 200), (str(charlie.team.uid), 403), ("x", 400)):
        answer = await alice.rechat.get("/crm/tasks", headers={"x-rechat-brand": brand})
        assert answer.status_code == status
    assert len(await everything(alice)) == 1
    assert data_of(await alice.rechat.get(f"/crm/tasks/{(await everything(alice))[0]['id']}"))


@pytest.mark.req("RT-57", "RT-58")
async def test_numbers_are_found_as_they_stand_and_by_their_digits(alice: Person) -> None:
    title = "Call 555-0100 about 12/24/2025"
    task = (await new_task(alice, title=title, description="450.000, room 5550199"))["id"]
    for words in ("555-0100", "12/24/2025", "450.000", "555 0100", "call 555-0100", "555-0199", "5550199"):
        assert await found(alice, q=words) == [task], words
    assert await found(alice, q="\u0301") == []
