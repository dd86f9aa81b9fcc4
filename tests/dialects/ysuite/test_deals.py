from decimal import Decimal

import pytest

from tests.dialects.ysuite.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of, deal_of
from tests.people import Person
from touchbook.core.deals.opening import open_deal
from touchbook.store.postgres import Store


async def test_list_finds_a_deal_for_a_task(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    await deal_of(store, alice, "7 Oak Avenue")
    async with store.transaction() as tx:
        deal = await open_deal(
            tx,
            alice.caller,
            title="12 Elm Street",
            contact_id=contact.id,
            amount=Decimal("478000.50"),
            status="won",
        )
    found = data_of(await alice.ysuite.get("/deals", params={"search": "ELM"}))
    assert found["total_records"] == 1
    assert found["data"] == [
        {
            "deal_id": deal.id,
            "title": "12 Elm Street",
            "status": "won",
            "cstid": contact.id,
            "value": 478000.5,
            "currency": "USD",
        }
    ]
    assert data_of(await alice.ysuite.get(f"/deals/{deal.id}")) == found["data"][0]


async def test_pages_hold_every_deal_once(store: Store, alice: Person) -> None:
    deals = [(await deal_of(store, alice, f"Deal {number}")).id for number in range(3)]
    shown: list[int] = []
    for index in range(2):
        page = await alice.ysuite.get("/deals", params={"pageSize": 2, "pageIndex": index})
        counts = data_of(page)
        assert (counts["current_page"], counts["total_records"], counts["total_pages"]) == (index + 1, 3, 2)
        shown += ids_of(page, "deal_id")
    assert shown == deals


async def test_deals_belong_to_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    deal = await deal_of(store, alice)
    assert ids_of(await bob.ysuite.get("/deals"), "deal_id") == [deal.id]
    assert ids_of(await charlie.ysuite.get("/deals")) == []
    refusal_of(await charlie.ysuite.get(f"/deals/{deal.id}"), 400)


@pytest.mark.parametrize("search", ["%", "_", "\\", "nothing"])
async def test_search_takes_no_wildcards(store: Store, alice: Person, search: str) -> None:
    await deal_of(store, alice)
    assert ids_of(await alice.ysuite.get("/deals", params={"search": search})) == []


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=x", "pageIndex=-1", "pageIndex=1.5"])
async def test_a_wrong_page_is_refused(alice: Person, query: str) -> None:
    assert refusal_of(await alice.ysuite.get(f"/deals?{query}"), 422).keys() == {query.partition("=")[0]}


@pytest.mark.parametrize("number", ["abc", "0", "-1", str(2**63), str(2**62)])
async def test_an_unknown_deal_is_not_found(alice: Person, number: str) -> None:
    refusal_of(await alice.ysuite.get(f"/deals/{number}"), 400)


@pytest.mark.parametrize("path", ["/deals", "/deals/1"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_deals_are_read_alone(alice: Person, method: str, path: str) -> None:
    answer = await alice.ysuite.request(method, path, json={})
    refusal_of(answer, 405)
    assert answer.headers["allow"] == "GET"
