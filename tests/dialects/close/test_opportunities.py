from decimal import Decimal
from typing import Any

import pytest

from tests.dialects.close.records import NEVER, NO_IDS, my_id, new_contact, new_lead, new_opportunity
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person, close_client, new_key
from touchbook.core.deals.listing import list_deals
from touchbook.store.postgres import Store


async def test_an_opportunity_is_made_in_a_lead(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    statuses = data_of(await alice.close.get("/status/opportunity/"))
    sent = {
        "lead_id": lead["id"],
        "contact_id": contact["id"],
        "user_id": await my_id(bob),
        "status_id": statuses[1]["id"],
        "note": "The whole roof",
        "value": 47800050,
        "value_currency": "EUR",
        "date_won": "2026-12-01",
    }
    made = await new_opportunity(alice, lead, **sent)
    assert {name: made[name] for name in sent} == sent
    assert (made["lead_name"], made["contact_name"], made["user_name"]) == (
        "Cyberdyne",
        "Sarah Connor",
        "Bob Example",
    )
    assert (made["status_label"], made["status_type"]) == (statuses[1]["label"], statuses[1]["type"])
    assert made["value_formatted"] == "€478,000.50"
    assert data_of(await bob.close.get(f"/opportunity/{made['id']}/")) == made


async def test_a_value_is_in_hundredths(store: Store, alice: Person) -> None:
    await new_opportunity(alice, await new_lead(alice), value=1)
    async with store.reading() as reader:
        (deal,) = await list_deals(reader, alice.caller, offset=0, limit=2)
    assert deal.amount == Decimal("0.01")


async def test_the_lead_alone_is_enough(alice: Person) -> None:
    made = await new_opportunity(alice, await new_lead(alice))
    assert (made["user_id"], made["status_type"], made["value_currency"]) == (await my_id(alice), "active", "USD")
    assert [made[name] for name in ("contact_id", "value", "value_formatted", "date_won")] == [None] * 4


@pytest.mark.parametrize("value", [0, 1, 10**15, None])
async def test_any_value_comes_back_as_it_was_sent(alice: Person, value: int | None) -> None:
    assert (await new_opportunity(alice, await new_lead(alice), value=value))["value"] == value


async def test_all_but_the_lead_can_be_changed(alice: Person, bob: Person) -> None:
    lead, other = await new_lead(alice), await new_lead(alice, "Resistance")
    contact = await new_contact(alice, lead)
    made = await new_opportunity(alice, lead, value=1, date_won="2026-12-01")
    sent = {
        "contact_id": contact["id"],
        "user_id": await my_id(bob),
        "status_id": data_of(await alice.close.get("/status/opportunity/"))[2]["id"],
        "note": "Half the roof",
        "value": None,
        "value_currency": "EUR",
        "date_won": None,
    }
    path = f"/opportunity/{made['id']}/"
    changed = data_of(await bob.close.put(path, json={**sent, "lead_id": other["id"]}))
    assert {name: changed[name] for name in sent} == sent
    assert changed["lead_id"] == lead["id"]
    assert changed["date_updated"] > made["date_updated"]
    assert data_of(await alice.close.get(path)) == changed


async def test_a_whole_opportunity_sent_back_changes_nothing(alice: Person, bob: Person) -> None:
    """Nor when its contact is no more, whom it then does not name."""
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    made = await new_opportunity(alice, lead, contact_id=contact["id"], value=12, date_won="2026-12-01")
    path = f"/opportunity/{made['id']}/"
    assert data_of(await bob.close.put(path, json=made)) == made
    await alice.close.delete(f"/contact/{contact['id']}/")
    assert refusal_of(await bob.close.put(path, json=made), 400).keys() == {"contact_id"}
    shown = data_of(await bob.close.get(path))
    assert shown == {**made, "contact_id": None, "contact_name": None}
    assert data_of(await bob.close.put(path, json=shown)) == shown
    changed = data_of(await bob.close.put(path, json={**shown, "note": "Roof"}))
    assert changed == {**shown, "note": "Roof", "date_updated": changed["date_updated"]}


async def test_a_deleted_opportunity_is_gone(alice: Person) -> None:
    made = await new_opportunity(alice, await new_lead(alice))
    answer = await alice.close.delete(f"/opportunity/{made['id']}/")
    assert (answer.status_code, answer.json()) == (200, {})
    for method in ("GET", "DELETE"):
        refusal_of(await alice.close.request(method, f"/opportunity/{made['id']}/"), 404)
    assert ids_of(await alice.close.get("/opportunity/")) == []


async def test_lists_go_by_lead_and_by_part_of_the_note(alice: Person) -> None:
    leads = [await new_lead(alice, name) for name in ("Cyberdyne", "Resistance")]
    roof, cellar = [
        (await new_opportunity(alice, lead, note=note))["id"]
        for lead, note in zip(leads, ("A roof", "A cellar"), strict=True)
    ]

    async def found(**given: str) -> list[str]:
        return ids_of(await alice.close.get("/opportunity/", params=given))

    assert await found() == [roof, cellar]
    assert await found(lead_id=leads[1]["id"]) == [cellar]
    assert await found(query="ROOF") == [roof]
    assert await found(lead_id=leads[1]["id"], query="roof") == []
    assert await found(lead_id="lead_x") == []
    assert await found(query="_") == []


async def test_pages_hold_every_opportunity_once(alice: Person) -> None:
    lead = await new_lead(alice)
    made = [(await new_opportunity(alice, lead))["id"] for _ in range(3)]
    first = await alice.close.get("/opportunity/", params={"_limit": 2})
    second = await alice.close.get("/opportunity/", params={"_limit": 2, "_skip": 2})
    assert [first.json()["has_more"], second.json()["has_more"]] == [True, False]
    assert ids_of(first) + ids_of(second) == made


async def test_opportunities_belong_to_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    lead = await new_lead(alice)
    made = await new_opportunity(alice, lead)
    assert ids_of(await bob.close.get("/opportunity/")) == [made["id"]]
    for given in ({}, {"lead_id": lead["id"]}):
        assert ids_of(await charlie.close.get("/opportunity/", params=given)) == []
    for method in ("GET", "PUT", "DELETE"):
        body: dict[str, Any] = {"json": {"note": "Mine"}} if method == "PUT" else {}
        refusal_of(await charlie.close.request(method, f"/opportunity/{made['id']}/", **body), 404)
    assert data_of(await alice.close.get(f"/opportunity/{made['id']}/")) == made


async def test_what_another_team_has_cannot_be_named(alice: Person, charlie: Person) -> None:
    lead, foreign = await new_lead(alice), await new_lead(charlie)
    made = await new_opportunity(alice, lead)
    statuses = data_of(await charlie.close.get("/status/opportunity/"))
    for name, identifier in (
        ("lead_id", foreign["id"]),
        ("contact_id", (await new_contact(charlie, foreign))["id"]),
        ("user_id", await my_id(charlie)),
        ("status_id", statuses[1]["id"]),
    ):
        answer = await alice.close.post("/opportunity/", json={"lead_id": lead["id"], name: identifier})
        assert refusal_of(answer, 400) == {name: "Object does not exist."}
        if name != "lead_id":
            answer = await alice.close.put(f"/opportunity/{made['id']}/", json={name: identifier})
            assert refusal_of(answer, 400) == {name: "Object does not exist."}
    assert data_of(await alice.close.get("/opportunity/")) == [made]


WRONG = [
    ({"contact_id": 1}, "contact_id"),
    ({"contact_id": f"cont_{NEVER}"}, "contact_id"),
    ({"user_id": None}, "user_id"),
    ({"user_id": f"memb_{NEVER}"}, "user_id"),
    ({"status_id": "won"}, "status_id"),
    ({"note": ["Roof"]}, "note"),
    ({"value": -1}, "value"),
    ({"value": 1.5}, "value"),
    ({"value": "100"}, "value"),
    ({"value": 10**15 + 1}, "value"),
    ({"value_currency": "dollars"}, "value_currency"),
    ({"date_won": "tomorrow"}, "date_won"),
    ({"date_won": "2026-02-30"}, "date_won"),
    ({"date_won": 20261201}, "date_won"),
]


@pytest.mark.parametrize(("sent", "wrong"), WRONG)
async def test_a_wrong_opportunity_is_refused(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    answer = await alice.close.post("/opportunity/", json={"lead_id": lead["id"], **sent})
    assert refusal_of(answer, 400).keys() == {wrong}
    assert ids_of(await alice.close.get("/opportunity/")) == []
    made = await new_opportunity(alice, lead)
    answer = await alice.close.put(f"/opportunity/{made['id']}/", json=sent)
    assert refusal_of(answer, 400).keys() == {wrong}
    assert data_of(await alice.close.get(f"/opportunity/{made['id']}/")) == made


async def test_a_lead_is_required(alice: Person) -> None:
    answer = await alice.close.post("/opportunity/", json={"note": "Roof"})
    assert refusal_of(answer, 400) == {"lead_id": "This field is required."}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("text", [*NO_IDS, f"oppo_{NEVER}", f"lead_{NEVER}"])
async def test_an_unknown_opportunity_is_not_found(alice: Person, method: str, text: str) -> None:
    body: dict[str, Any] = {"json": {"note": "Roof"}} if method == "PUT" else {}
    refusal_of(await alice.close.request(method, f"/opportunity/{text}/", **body), 404)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/opportunity/", "GET, POST"), ("/opportunity/oppo_x/", "GET, PUT, DELETE")]
)
async def test_other_methods_are_refused(alice: Person, path: str, allowed: str) -> None:
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = await alice.close.request(method, path, json={})
        refusal_of(answer, 405)
        assert answer.headers["allow"] == allowed


async def test_a_key_to_read_may_not_write(store: Store, alice: Person) -> None:
    lead = await new_lead(alice)
    made = await new_opportunity(alice, lead)
    reader = close_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/opportunity/", json={"lead_id": lead["id"]}), 403)
    refusal_of(await reader.put(f"/opportunity/{made['id']}/", json={"note": "Roof"}), 403)
    refusal_of(await reader.delete(f"/opportunity/{made['id']}/"), 403)
    assert data_of(await reader.get("/opportunity/")) == [made]
