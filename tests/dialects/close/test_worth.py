"""What an opportunity is worth: its value, how often that is paid and how likely it is."""

from typing import Any

import pytest

from tests.dialects.close.records import new_lead, new_opportunity
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

DERIVED = ("annualized_value", "expected_value", "annualized_expected_value", "value_formatted")


@pytest.mark.parametrize(
    ("sent", "derived"),
    [
        ({"value": 50000}, (50000, 25000, 25000, "$500")),
        ({"value": 50000, "confidence": 90}, (50000, 45000, 45000, "$500")),
        ({"value": 50000, "value_period": "monthly", "confidence": 90}, (600000, 45000, 540000, "$500 monthly")),
        ({"value": 50050, "value_period": "annual", "confidence": 0}, (50050, 0, 0, "$500.50 annually")),
        ({"value": 1, "confidence": 50}, (1, 1, 1, "$0.01")),
        ({"value": 10**15, "value_currency": "SEK"}, (10**15, 5 * 10**14, 5 * 10**14, "SEK 10,000,000,000,000")),
        ({"value": 0, "value_currency": "GBP", "confidence": 100}, (0, 0, 0, "£0")),
        ({"value": None, "value_period": "monthly", "confidence": 90}, (None, None, None, None)),
    ],
)
async def test_it_follows_from_value_period_and_confidence(alice: Person, sent: Any, derived: Any) -> None:
    lead = await new_lead(alice)
    made = await new_opportunity(alice, lead, **sent)
    assert {name: made[name] for name in sent} == sent
    assert tuple(made[name] for name in DERIVED) == derived
    plain = await new_opportunity(alice, lead, value=7)
    changed = data_of(await alice.close.put(f"/opportunity/{plain['id']}/", json=sent))
    assert tuple(changed[name] for name in DERIVED) == derived


async def test_it_can_be_said_and_taken_back(alice: Person, bob: Person) -> None:
    made = await new_opportunity(alice, await new_lead(alice), value=100)
    path = f"/opportunity/{made['id']}/"
    assert (made["confidence"], made["value_period"]) == (50, "one_time")
    said = data_of(await bob.close.put(path, json={"confidence": 80, "value_period": "annual"}))
    assert (said["confidence"], said["value_period"]) == (80, "annual")
    assert data_of(await alice.close.put(path, json=said)) == said
    back = data_of(await alice.close.put(path, json={"confidence": None, "value_period": None}))
    assert (back["confidence"], back["value_period"]) == (50, "one_time")


async def test_what_was_decided_is_certain_unless_somebody_said_otherwise(alice: Person) -> None:
    statuses = data_of(await alice.close.get("/status/opportunity/"))
    made = await new_opportunity(alice, await new_lead(alice), value=100)
    path = f"/opportunity/{made['id']}/"
    for status, confidence in zip(statuses, (50, 100, 0), strict=True):
        shown = data_of(await alice.close.put(path, json={"status_id": status["id"]}))
        assert (shown["confidence"], shown["expected_value"]) == (confidence, confidence)
    said = data_of(await alice.close.put(path, json={"confidence": 30}))
    assert said["confidence"] == 30


async def test_outreach_has_it_as_probability(alice: Person) -> None:
    made = await new_opportunity(alice, await new_lead(alice), value=100)
    (shown,) = (await alice.outreach.get("/opportunities")).json()["data"]
    assert shown["attributes"]["probability"] is None
    body: dict[str, Any] = {"type": "opportunity", "id": shown["id"], "attributes": {"probability": 65}}
    path = f"/opportunities/{shown['id']}"
    changed = (await alice.outreach.patch(path, json={"data": body})).json()["data"]
    assert changed["attributes"]["probability"] == 65
    assert data_of(await alice.close.get(f"/opportunity/{made['id']}/"))["confidence"] == 65
    for wrong in (-1, 101, 1.5, "65"):
        body["attributes"] = {"probability": wrong}
        assert (await alice.outreach.patch(path, json={"data": body})).status_code == 422
    assert (await alice.outreach.get(path)).json()["data"] == changed


async def test_the_day_on_which_it_is_to_close_has_two_names(alice: Person) -> None:
    lead = await new_lead(alice)
    made = await new_opportunity(alice, lead, expected_date="2026-12-01")
    assert (made["date_won"], made["expected_date"]) == ("2026-12-01", "2026-12-01")
    path = f"/opportunity/{made['id']}/"
    for sent in ({**made, "date_won": "2026-12-02"}, {**made, "expected_date": "2026-12-02"}):
        await alice.close.put(path, json=made)
        moved = data_of(await alice.close.put(path, json=sent))
        assert (moved["date_won"], moved["expected_date"]) == ("2026-12-02", "2026-12-02")
    both = data_of(await alice.close.put(path, json={"date_won": "2026-12-04", "expected_date": "2026-12-05"}))
    assert both["date_won"] == "2026-12-04"


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"confidence": 101}, "confidence"),
        ({"confidence": -1}, "confidence"),
        ({"confidence": 1.5}, "confidence"),
        ({"confidence": "50"}, "confidence"),
        ({"confidence": True}, "confidence"),
        ({"value_period": "weekly"}, "value_period"),
        ({"value_period": 1}, "value_period"),
        ({"expected_date": "soon"}, "expected_date"),
    ],
)
async def test_what_is_wrong_is_refused_by_name(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    made = await new_opportunity(alice, lead)
    assert refusal_of(
        await alice.close.post("/opportunity/", json={"lead_id": lead["id"], **sent}), 400
    ).keys() == {wrong}
    assert refusal_of(await alice.close.put(f"/opportunity/{made['id']}/", json=sent), 400).keys() == {wrong}
    assert data_of(await alice.close.get("/opportunity/")) == [made]
