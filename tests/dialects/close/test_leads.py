from typing import Any

import pytest

from tests.dialects.close.records import NEVER, NO_IDS, my_id, new_contact, new_lead, new_opportunity, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.factories import contact_of
from tests.people import Person, close_client, new_key
from touchbook.store.postgres import Store


async def test_a_lead_is_made_with_its_contacts(alice: Person, bob: Person) -> None:
    people: list[dict[str, Any]] = [
        {
            "name": "Miles Dyson",
            "emails": [{"email": "miles@example.com", "type": "office"}],
            "phones": [{"phone": "+13125550100", "type": "office"}],
        },
        {"name": "Kate"},
    ]
    lead = await new_lead(alice, contacts=people)
    assert lead["name"] == lead["display_name"] == "Cyberdyne"
    assert lead["status_label"] == "Potential"
    assert (lead["created_by"], lead["created_by_name"]) == (await my_id(alice), "Alice Example")
    assert [contact["name"] for contact in lead["contacts"]] == ["Miles Dyson", "Kate"]
    assert lead["contacts"][0] == {
        **lead["contacts"][1],
        **people[0],
        "id": lead["contacts"][0]["id"],
        "display_name": "Miles Dyson",
        "lead_id": lead["id"],
        "date_created": lead["contacts"][0]["date_created"],
        "date_updated": lead["contacts"][0]["date_updated"],
    }
    assert data_of(await bob.close.get(f"/lead/{lead['id']}/")) == lead


async def test_a_lead_without_a_name_goes_by_its_first_contact(alice: Person) -> None:
    sent = {"contacts": [{"name": "Kate"}, {"name": "Miles"}]}
    assert data_of(await alice.close.post("/lead/", json=sent))["name"] == "Kate"


async def test_name_and_status_can_be_changed(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    statuses = data_of(await alice.close.get("/status/lead/"))
    sent = {"name": "Cyberdyne Systems", "status_id": statuses[2]["id"]}
    changed = data_of(await bob.close.put(f"/lead/{lead['id']}/", json=sent))
    assert (changed["name"], changed["status_label"]) == ("Cyberdyne Systems", statuses[2]["label"])
    assert (changed["created_by_name"], changed["updated_by_name"]) == ("Alice Example", "Bob Example")
    assert changed["date_updated"] > lead["date_updated"]
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/")) == changed


async def test_a_whole_lead_sent_back_changes_nothing(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice, contacts=[{"name": f"Person {number}"} for number in range(100)])
    await new_contact(alice, lead)
    shown = data_of(await alice.close.get(f"/lead/{lead['id']}/"))
    assert data_of(await bob.close.put(f"/lead/{lead['id']}/", json=shown)) == shown


async def test_a_lead_takes_all_that_belongs_to_it_along(alice: Person) -> None:
    lead, other = await new_lead(alice), await new_lead(alice, "Resistance")
    gone = {
        "contact": await new_contact(alice, lead),
        "opportunity": await new_opportunity(alice, lead),
        "task": await new_task(alice, lead),
    }
    kept = {
        "contact": await new_contact(alice, other),
        "opportunity": await new_opportunity(alice, other),
        "task": await new_task(alice, other),
    }
    answer = await alice.close.delete(f"/lead/{lead['id']}/")
    assert (answer.status_code, answer.json()) == (200, {})
    refusal_of(await alice.close.get(f"/lead/{lead['id']}/"), 404)
    refusal_of(await alice.close.delete(f"/lead/{lead['id']}/"), 404)
    for kind, record in gone.items():
        refusal_of(await alice.close.get(f"/{kind}/{record['id']}/"), 404)
        assert ids_of(await alice.close.get(f"/{kind}/")) == [kept[kind]["id"]]
    assert ids_of(await alice.close.get("/lead/")) == [other["id"]]
    refusal_of(await alice.close.post("/task/", json={"lead_id": lead["id"]}), 400)


async def test_a_contact_without_a_company_is_a_lead_of_its_own(store: Store, alice: Person) -> None:
    sarah = await contact_of(store, alice, emails=["sarah@example.com"])
    (lead,) = data_of(await alice.close.get("/lead/"))
    assert lead["name"] == sarah.display_name
    assert [contact["name"] for contact in lead["contacts"]] == ["Sarah Connor"]
    contact = lead["contacts"][0]
    assert contact["lead_id"] == lead["id"]
    await alice.close.put(f"/contact/{contact['id']}/", json={"name": "Sarah Reese"})
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/"))["name"] == "Sarah Reese"
    await alice.close.delete(f"/contact/{contact['id']}/")
    refusal_of(await alice.close.get(f"/lead/{lead['id']}/"), 404)


async def test_lists_are_paged_newest_first(alice: Person) -> None:
    leads = [(await new_lead(alice, f"Lead {number}"))["id"] for number in range(5)][::-1]
    shown: list[str] = []
    for skip, more in ((0, True), (2, True), (4, False)):
        answer = await alice.close.get("/lead/", params={"_limit": 2, "_skip": skip})
        assert answer.json()["has_more"] is more
        shown += ids_of(answer)
    assert shown == leads
    assert (await alice.close.get("/lead/", params={"_limit": 5})).json()["has_more"] is False


@pytest.mark.parametrize(
    ("query", "finds"),
    [
        ("cyber", True),
        ('name:"CYBERDYNE sys"', True),
        ('company:"dyne"', True),
        ("name:dyne", True),
        ("%", False),
        ("_", False),
        ("\\", False),
        ("", True),
    ],
)
async def test_a_query_goes_by_any_part_of_the_name(alice: Person, query: str, finds: bool) -> None:
    lead = await new_lead(alice, "Cyberdyne Systems")
    assert ids_of(await alice.close.get("/lead/", params={"query": query})) == [lead["id"]] * finds


async def test_only_the_wanted_members_come_back(alice: Person) -> None:
    lead = await new_lead(alice)
    wanted = {"id": lead["id"], "name": "Cyberdyne"}
    for answer in (
        await alice.close.get("/lead/", params={"_fields": "id,name"}),
        await alice.close.get(f"/lead/{lead['id']}/", params={"_fields": "id,name,no_such"}),
    ):
        found = data_of(answer)
        assert (found[0] if isinstance(found, list) else found) == wanted


async def test_leads_belong_to_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    lead = await new_lead(alice)
    assert ids_of(await bob.close.get("/lead/")) == [lead["id"]]
    assert ids_of(await charlie.close.get("/lead/")) == []
    for method in ("GET", "PUT", "DELETE"):
        body: dict[str, Any] = {"json": {"name": "Mine"}} if method == "PUT" else {}
        refusal_of(await charlie.close.request(method, f"/lead/{lead['id']}/", **body), 404)
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/")) == lead


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "   "}, {"name"}),
        ({"name": None}, {"name"}),
        ({"name": 7}, {"name"}),
        ({"name": "x" * 1025}, {"name"}),
        ({"name": "Acme", "status_id": "stat_x"}, {"status_id"}),
        ({"name": "Acme", "status_id": 1}, {"status_id"}),
        ({"name": "Acme", "contacts": {}}, {"contacts"}),
        ({"name": "Acme", "contacts": [{}]}, {"name"}),
        ({"name": "Acme", "contacts": [{"name": " "}]}, {"contacts"}),
        ({"name": "Acme", "contacts": [{"emails": ["a@example.com"]}]}, {"contacts"}),
        ([], set()),
        (None, set()),
        ({"name": "A\0"}, set()),
    ],
)
async def test_a_wrong_lead_is_refused_whole(alice: Person, sent: Any, wrong: set[str]) -> None:
    assert refusal_of(await alice.close.post("/lead/", json=sent), 400).keys() == wrong
    assert ids_of(await alice.close.get("/lead/")) == []


@pytest.mark.parametrize("sent", [{"name": " "}, {"name": None}, {"status_id": "stat_x"}, {"status_id": None}, []])
async def test_a_wrong_change_is_refused(alice: Person, sent: Any) -> None:
    lead = await new_lead(alice)
    refusal_of(await alice.close.put(f"/lead/{lead['id']}/", json=sent), 400)
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/")) == lead


@pytest.mark.parametrize("query", ["_limit=0", "_limit=1001", "_limit=x", "_skip=-1", "_skip=1.5"])
async def test_a_wrong_page_is_refused(alice: Person, query: str) -> None:
    assert refusal_of(await alice.close.get(f"/lead/?{query}"), 400).keys() == {query.partition("=")[0]}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("text", [*NO_IDS, f"lead_{NEVER}", f"task_{NEVER}"])
async def test_an_unknown_lead_is_not_found(alice: Person, method: str, text: str) -> None:
    body: dict[str, Any] = {"json": {"name": "Acme"}} if method == "PUT" else {}
    refusal_of(await alice.close.request(method, f"/lead/{text}/", **body), 404)


@pytest.mark.parametrize(("path", "allowed"), [("/lead/", "GET, POST"), ("/lead/lead_x/", "GET, PUT, DELETE")])
async def test_other_methods_are_refused(alice: Person, path: str, allowed: str) -> None:
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = await alice.close.request(method, path, json={})
        refusal_of(answer, 405)
        assert answer.headers["allow"] == allowed


async def test_a_key_to_read_may_not_write(store: Store, alice: Person) -> None:
    lead = await new_lead(alice)
    reader = close_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/lead/", json={"name": "Acme"}), 403)
    refusal_of(await reader.put(f"/lead/{lead['id']}/", json={"name": "Acme"}), 403)
    refusal_of(await reader.delete(f"/lead/{lead['id']}/"), 403)
    assert data_of(await reader.get("/lead/")) == [lead]
