from typing import Any

import pytest

from tests.dialects.close.records import NEVER, NO_IDS, new_contact, new_lead, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person, close_client, new_key
from touchbook.core.contacts.adding import add_contact
from touchbook.core.contacts.queries import find_contact
from touchbook.store.postgres import Store


async def test_a_contact_is_made_in_a_lead(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(
        alice,
        lead,
        emails=[{"email": "sarah@example.com"}],
        phones=[{"phone": "+13125550100", "type": "mobile"}],
    )
    assert (contact["lead_id"], contact["organization_id"]) == (lead["id"], lead["organization_id"])
    assert contact["name"] == contact["display_name"] == "Sarah Connor"
    assert [item["email"] for item in contact["emails"]] == ["sarah@example.com"]
    assert [item["phone"] for item in contact["phones"]] == ["+13125550100"]
    assert data_of(await bob.close.get(f"/contact/{contact['id']}/")) == contact
    assert data_of(await bob.close.get(f"/lead/{lead['id']}/"))["contacts"] == [contact]


async def test_without_a_name_an_address_is_shown(alice: Person) -> None:
    sent = {"lead_id": (await new_lead(alice))["id"], "name": None, "emails": [{"email": "sarah@example.com"}]}
    contact = data_of(await alice.close.post("/contact/", json=sent))
    assert (contact["name"], contact["display_name"]) == (None, "sarah@example.com")


async def test_name_and_addresses_can_be_changed(alice: Person, bob: Person) -> None:
    contact = await new_contact(alice, await new_lead(alice), emails=[{"email": "sarah@example.com"}])
    sent = {"name": "Sarah Jeanette Reese", "emails": [], "phones": [{"phone": "+1"}]}
    changed = data_of(await bob.close.put(f"/contact/{contact['id']}/", json=sent))
    assert changed["name"] == "Sarah Jeanette Reese"
    assert (changed["emails"], changed["phones"]) == ([], [{"phone": "+1", "type": "office"}])
    assert changed["date_updated"] > contact["date_updated"]
    assert ids_of(await alice.close.get("/contact/", params={"query": "jeanette"})) == [contact["id"]]


@pytest.mark.parametrize(("first", "last"), [("Sarah", "Connor"), ("Mary Ann", "Smith"), ("Cher", None)])
async def test_a_whole_contact_sent_back_changes_nothing(
    store: Store, alice: Person, first: str, last: str | None
) -> None:
    """Not even where the first name has a blank in it, which Close does not show."""
    async with store.transaction() as tx:
        kept = await add_contact(
            tx,
            alice.caller,
            first_name=first,
            last_name=last,
            emails=["a@example.com"],
            phone_numbers=["+1", "+2"],
        )
    (contact,) = data_of(await alice.close.get("/contact/"))
    assert data_of(await alice.close.put(f"/contact/{contact['id']}/", json=contact)) == contact
    async with store.reading() as reader:
        assert await find_contact(reader, alice.caller, kept.id) == kept


async def test_another_lead_in_a_change_is_passed_over(alice: Person) -> None:
    lead, other = await new_lead(alice), await new_lead(alice, "Resistance")
    contact = await new_contact(alice, lead)
    assert data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"lead_id": other["id"]})) == contact


async def test_a_deleted_contact_is_gone_and_its_tasks_stay(alice: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    task = await new_task(alice, lead, contact_id=contact["id"])
    answer = await alice.close.delete(f"/contact/{contact['id']}/")
    assert (answer.status_code, answer.json()) == (200, {})
    for method in ("GET", "DELETE"):
        refusal_of(await alice.close.request(method, f"/contact/{contact['id']}/"), 404)
    assert ids_of(await alice.close.get("/contact/")) == []
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/"))["contacts"] == []
    assert data_of(await alice.close.get(f"/task/{task['id']}/")) == task


async def test_lists_go_by_lead_and_by_part_of_a_name(alice: Person) -> None:
    leads = [await new_lead(alice, name) for name in ("Cyberdyne", "Resistance")]
    miles, sarah, kate = [
        (await new_contact(alice, lead, name))["id"]
        for lead, name in zip((leads[0], leads[1], leads[1]), ("Miles Dyson", "Sarah Connor", "Kate"), strict=True)
    ]

    async def found(**given: str) -> list[str]:
        return ids_of(await alice.close.get("/contact/", params=given))

    assert await found() == [miles, sarah, kate]
    assert await found(lead_id=leads[1]["id"]) == [sarah, kate]
    assert await found(query="CONN") == [sarah]
    assert await found(lead_id=leads[1]["id"], query="kate") == [kate]
    assert await found(lead_id=leads[0]["id"], query="kate") == []
    assert await found(lead_id="lead_x") == []
    assert await found(query="%") == []


async def test_pages_hold_every_contact_once(alice: Person) -> None:
    lead = await new_lead(alice)
    contacts = [(await new_contact(alice, lead, f"Person {number}"))["id"] for number in range(5)]
    for narrowed in ({}, {"lead_id": lead["id"]}):
        shown: list[str] = []
        for skip, more in ((0, True), (2, True), (4, False)):
            answer = await alice.close.get("/contact/", params={"_limit": 2, "_skip": skip, **narrowed})
            assert answer.json()["has_more"] is more
            shown += ids_of(answer)
        assert shown == contacts


async def test_contacts_belong_to_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    assert ids_of(await bob.close.get("/contact/")) == [contact["id"]]
    for given in ({}, {"lead_id": lead["id"]}):
        assert ids_of(await charlie.close.get("/contact/", params=given)) == []
    for method in ("GET", "PUT", "DELETE"):
        body: dict[str, Any] = {"json": {"name": "Mine"}} if method == "PUT" else {}
        refusal_of(await charlie.close.request(method, f"/contact/{contact['id']}/", **body), 404)
    answer = await charlie.close.post("/contact/", json={"lead_id": lead["id"], "name": "Spy"})
    assert refusal_of(answer, 400) == {"lead_id": "Object does not exist."}
    assert ids_of(await alice.close.get("/contact/")) == [contact["id"]]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"lead_id": None}, "lead_id"),
        ({"lead_id": ""}, "lead_id"),
        ({"lead_id": 1}, "lead_id"),
        ({"lead_id": f"lead_{NEVER}"}, "lead_id"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": ["Sarah"]}, "name"),
        ({"emails": "sarah@example.com"}, "emails"),
        ({"emails": ["sarah@example.com"]}, "emails"),
        ({"emails": [{}]}, "emails"),
        ({"emails": [{"email": ""}]}, "emails"),
        ({"emails": [{"email": "x" * 321}]}, "emails"),
        ({"emails": None}, "emails"),
        ({"phones": {"phone": "+1"}}, "phones"),
        ({"phones": [{"phone": 1}]}, "phones"),
    ],
)
async def test_a_wrong_contact_is_refused(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    body = {"lead_id": lead["id"], "name": "Sarah", **sent}
    assert refusal_of(await alice.close.post("/contact/", json=body), 400).keys() == {wrong}
    assert ids_of(await alice.close.get("/contact/")) == []


async def test_a_lead_is_required(alice: Person) -> None:
    answer = await alice.close.post("/contact/", json={"name": "Sarah"})
    assert refusal_of(answer, 400) == {"lead_id": "This field is required."}


@pytest.mark.parametrize("sent", [{"name": " "}, {"emails": {}}, {"phones": None}, {"name": None}, 3])
async def test_a_wrong_change_is_refused(alice: Person, sent: Any) -> None:
    contact = await new_contact(alice, await new_lead(alice))
    refusal_of(await alice.close.put(f"/contact/{contact['id']}/", json=sent), 400)
    assert data_of(await alice.close.get(f"/contact/{contact['id']}/")) == contact


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("text", [*NO_IDS, f"cont_{NEVER}", f"lead_{NEVER}"])
async def test_an_unknown_contact_is_not_found(alice: Person, method: str, text: str) -> None:
    body: dict[str, Any] = {"json": {"name": "Sarah"}} if method == "PUT" else {}
    refusal_of(await alice.close.request(method, f"/contact/{text}/", **body), 404)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/contact/", "GET, POST"), ("/contact/cont_x/", "GET, PUT, DELETE")]
)
async def test_other_methods_are_refused(alice: Person, path: str, allowed: str) -> None:
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = await alice.close.request(method, path, json={})
        refusal_of(answer, 405)
        assert answer.headers["allow"] == allowed


async def test_a_key_to_read_may_not_write(store: Store, alice: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    reader = close_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/contact/", json={"lead_id": lead["id"], "name": "Kate"}), 403)
    refusal_of(await reader.put(f"/contact/{contact['id']}/", json={"name": "Kate"}), 403)
    refusal_of(await reader.delete(f"/contact/{contact['id']}/"), 403)
    assert data_of(await reader.get("/contact/")) == [contact]
