import pytest

from tests.dialects.ysuite.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of
from tests.people import Person
from touchbook.store.postgres import Store


async def test_list_finds_a_contact_for_a_task(store: Store, alice: Person) -> None:
    sarah = await contact_of(store, alice, emails=["sarah@example.com"], phone_numbers=["+13125550100"])
    await contact_of(store, alice, "John Doe")
    found = data_of(await alice.ysuite.get("/contacts", params={"search": "SARAH c"}))
    assert found["total_records"] == 1
    assert found["data"] == [
        {
            "cstid": sarah.id,
            "name": "Sarah Connor",
            "first_name": "Sarah",
            "last_name": "Connor",
            "email": "sarah@example.com",
            "phone": "+13125550100",
        }
    ]
    assert data_of(await alice.ysuite.get(f"/contacts/{sarah.id}")) == found["data"][0]


@pytest.mark.parametrize(
    ("search", "finds"),
    [("sarah@", True), ("5550100", True), ("eva STRASSE", True), ("Éva Straße", True), ("%", False), ("_", False)],
)
async def test_search_goes_by_any_part(store: Store, alice: Person, search: str, finds: bool) -> None:
    contact = await contact_of(store, alice, "Éva Straße", emails=["sarah@x.com"], phone_numbers=["+13125550100"])
    assert ids_of(await alice.ysuite.get("/contacts", params={"search": search}), "cstid") == [contact.id] * finds


async def test_pages_hold_every_contact_once(store: Store, alice: Person) -> None:
    contacts = [(await contact_of(store, alice, f"Person {number}")).id for number in range(5)]
    shown: list[int] = []
    for index in range(3):
        page = await alice.ysuite.get("/contacts", params={"pageSize": 2, "pageIndex": index})
        counts = data_of(page)
        assert (counts["current_page"], counts["total_records"], counts["total_pages"]) == (index + 1, 5, 3)
        shown += ids_of(page, "cstid")
    assert shown == contacts
    assert ids_of(await alice.ysuite.get("/contacts", params={"pageIndex": 1})) == []


async def test_contacts_belong_to_the_team(store: Store, alice: Person, bob: Person, charlie: Person) -> None:
    contact = await contact_of(store, alice)
    assert ids_of(await bob.ysuite.get("/contacts"), "cstid") == [contact.id]
    assert ids_of(await charlie.ysuite.get("/contacts")) == []
    refusal_of(await charlie.ysuite.get(f"/contacts/{contact.id}"), 400)


@pytest.mark.parametrize("query", ["pageSize=0", "pageSize=x", "pageIndex=-1", "pageIndex=1.5"])
async def test_a_wrong_page_is_refused(alice: Person, query: str) -> None:
    assert refusal_of(await alice.ysuite.get(f"/contacts?{query}"), 422).keys() == {query.partition("=")[0]}


@pytest.mark.parametrize("number", ["abc", "0", "-1", str(2**63), str(2**62)])
async def test_an_unknown_contact_is_not_found(alice: Person, number: str) -> None:
    refusal_of(await alice.ysuite.get(f"/contacts/{number}"), 400)


@pytest.mark.parametrize("path", ["/contacts", "/contacts/1"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_contacts_are_read_alone(alice: Person, method: str, path: str) -> None:
    answer = await alice.ysuite.request(method, path, json={})
    refusal_of(answer, 405)
    assert answer.headers["allow"] == "GET"


async def test_a_search_without_end_is_refused(alice: Person) -> None:
    answer = await alice.ysuite.get("/contacts", params={"search": "x" * 256})
    assert (answer.status_code, answer.json()["errors"].keys()) == (422, {"search"})
