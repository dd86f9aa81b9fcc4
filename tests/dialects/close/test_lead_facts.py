"""What is known of a lead: description, url, addresses; and its status by label."""

from typing import Any

import pytest

from tests.dialects.close.records import new_contact, new_lead
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

FACTS: dict[str, Any] = {
    "description": "Makes machines.",
    "url": "https://cyberdyne.example",
    "addresses": [
        {
            "label": "business",
            "address_1": "18144 El Camino Real",
            "address_2": "Building 2",
            "city": "Sunnyvale",
            "state": "CA",
            "zipcode": "94087",
            "country": "US",
        },
        {"label": "mailing", "city": "Łódź"},
    ],
}


async def test_they_come_back_as_they_were_sent(alice: Person, bob: Person) -> None:
    made = await new_lead(alice, **FACTS)
    assert {name: made[name] for name in FACTS} == FACTS
    assert data_of(await bob.close.get("/lead/")) == [made]
    plain = await new_lead(alice, "Resistance")
    assert (plain["description"], plain["url"], plain["addresses"]) == ("", None, [])
    path = f"/lead/{plain['id']}/"
    changed = data_of(await alice.close.put(path, json=FACTS))
    assert {name: changed[name] for name in FACTS} == FACTS
    assert data_of(await bob.close.get(path)) == changed
    cleared = data_of(await alice.close.put(path, json={"description": None, "url": None, "addresses": []}))
    assert cleared == {**plain, "date_updated": cleared["date_updated"], **who(cleared)}


def who(lead: Any) -> dict[str, Any]:
    return {name: lead[name] for name in ("updated_by", "updated_by_name")}


async def test_one_change_leaves_the_rest(alice: Person) -> None:
    made = await new_lead(alice, **FACTS)
    path = f"/lead/{made['id']}/"
    for sent in (
        {"name": "Cyberdyne Systems"},
        {"url": "https://x.example"},
        {"addresses": FACTS["addresses"][:1]},
    ):
        made = {**made, **sent}
        if "name" in sent:
            made["display_name"] = sent["name"]
        changed = data_of(await alice.close.put(path, json=sent))
        made |= who(changed) | {"date_updated": changed["date_updated"]}
        assert changed == made


async def test_a_whole_lead_sent_back_changes_nothing(alice: Person, bob: Person) -> None:
    made = await new_lead(alice, **FACTS)
    await new_contact(alice, made)
    shown = data_of(await alice.close.get(f"/lead/{made['id']}/"))
    assert data_of(await bob.close.put(f"/lead/{made['id']}/", json=shown)) == shown


async def test_outreach_shows_and_changes_them(alice: Person) -> None:
    made = await new_lead(alice, **FACTS)
    (shown,) = (await alice.outreach.get("/accounts")).json()["data"]
    attributes = shown["attributes"]
    assert (attributes["description"], attributes["websiteUrl"]) == (FACTS["description"], FACTS["url"])
    path = f"/accounts/{shown['id']}"
    whole = {"type": "account", "id": shown["id"], "attributes": attributes}
    assert (await alice.outreach.patch(path, json={"data": whole})).json()["data"] == shown
    sent = {**whole, "attributes": {"websiteUrl": None, "description": "Made machines."}}
    assert (await alice.outreach.patch(path, json={"data": sent})).status_code == 200
    changed = data_of(await alice.close.get(f"/lead/{made['id']}/"))
    assert (changed["description"], changed["url"]) == ("Made machines.", None)
    assert changed["addresses"] == FACTS["addresses"]


async def test_a_status_goes_by_its_label_too(alice: Person) -> None:
    made = await new_lead(alice, status="customer")
    assert made["status_label"] == "Customer"
    path = f"/lead/{made['id']}/"
    changed = data_of(await alice.close.put(path, json={"status": "Bad Fit"}))
    assert changed["status_label"] == "Bad Fit"
    assert data_of(await alice.close.put(path, json={"status": "Bad Fit"})) == changed
    for answer in (
        await alice.close.post("/lead/", json={"name": "X", "status": "Cold"}),
        await alice.close.put(path, json={"status": "Cold"}),
    ):
        assert refusal_of(answer, 400).keys() == {"status"}


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"description": 1}, "description"),
        ({"description": "x" * 65_537}, "description"),
        ({"url": ["https://x.example"]}, "url"),
        ({"url": "x" * 2049}, "url"),
        ({"addresses": None}, "addresses"),
        ({"addresses": {}}, "addresses"),
        ({"addresses": ["18144 El Camino Real"]}, "addresses"),
        ({"addresses": [{"city": 1}]}, "addresses"),
        ({"addresses": [{}] * 101}, "addresses"),
        ({"status": 1}, "status"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    made = await new_lead(alice)
    for answer in (
        await alice.close.post("/lead/", json={"name": "X", **sent}),
        await alice.close.put(f"/lead/{made['id']}/", json=sent),
    ):
        assert {name.partition(".")[0].partition("[")[0] for name in refusal_of(answer, 400)} == {wrong}
    assert data_of(await alice.close.get("/lead/")) == [made]
