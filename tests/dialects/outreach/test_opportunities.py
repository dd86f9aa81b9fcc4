"""POST /opportunities, PATCH and DELETE /opportunities/{id}."""

from typing import Any

import pytest

from tests.dialects.outreach.asking import account_of, changed, created, ids, problems, sent, shown
from tests.factories import contact_of
from tests.people import Person
from touchbook.core.deals.changing import DealChanges, change_deal
from touchbook.core.deals.deal import DealStatus
from touchbook.store.postgres import Store


async def test_an_opportunity_is_created(alice: Person, bob: Person) -> None:
    account = await account_of(alice)
    related = {"account": ("account", account), "owner": ("user", str(bob.user_id))}
    body = sent(
        "opportunity", related=related, name="Roof", amount=1200.5, currencyType="EUR", closeDate="2026-12-24"
    )
    made = await created(alice, "/opportunities", body)
    attributes = made["attributes"]
    assert (attributes["name"], attributes["amount"], attributes["currencyType"]) == ("Roof", 1200.5, "EUR")
    assert (attributes["closeDate"], attributes["probability"]) == ("2026-12-24T00:00:00.000Z", None)
    assert made["relationships"]["account"]["data"] == {"type": "account", "id": account}
    assert made["relationships"]["owner"]["data"] == {"type": "user", "id": bob.user_id}
    assert made["relationships"]["prospects"]["data"] == []
    assert await shown(alice, f"/opportunities/{made['id']}") == made


async def test_with_a_prospect_it_is_in_their_account(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    related = {"prospects": [("prospect", contact.id)]}
    made = await created(alice, "/opportunities", sent("opportunity", related=related, name="Roof"))
    assert made["relationships"]["account"]["data"] is None
    assert made["relationships"]["prospects"]["data"] == [{"type": "prospect", "id": contact.id}]
    assert made["relationships"]["owner"]["data"] == {"type": "user", "id": alice.user_id}
    assert await ids(alice, "/opportunities", **{"filter[prospects][id]": contact.id}) == [made["id"]]


@pytest.fixture
async def roof(alice: Person) -> Any:
    related = {"account": ("account", await account_of(alice))}
    body = sent("opportunity", related=related, name="Roof", amount=5, closeDate="2026-12-24")
    return await created(alice, "/opportunities", body)


async def test_only_what_is_sent_changes(alice: Person, roof: Any) -> None:
    after = await changed(alice, f"/opportunities/{roof['id']}", sent("opportunity", roof["id"], amount=7))
    expected = {**roof["attributes"], "amount": 7, "amountPrecise": "7.00"}
    expected["updatedAt"] = after["attributes"]["updatedAt"]
    assert after["attributes"] == expected
    assert after["attributes"]["updatedAt"] > roof["attributes"]["updatedAt"]


@pytest.mark.parametrize("day", ["2026-12-24", "2026-12-24T00:00:00Z", "2026-12-24T00:00:00.000Z"])
async def test_what_comes_back_as_it_was_shown_changes_nothing(alice: Person, roof: Any, day: str) -> None:
    path = f"/opportunities/{roof['id']}"
    assert await changed(alice, path, {"data": roof}) == roof
    assert await changed(alice, path, sent("opportunity", closeDate=day, amount=5.0)) == roof


async def test_relationships_change(store: Store, alice: Person, bob: Person, roof: Any) -> None:
    path, other = f"/opportunities/{roof['id']}", await account_of(alice, "Skynet")
    contact = await contact_of(store, alice)
    related = {
        "account": ("account", other),
        "owner": ("user", bob.user_id),
        "prospects": [("prospect", contact.id)],
    }
    after = (await changed(alice, path, sent("opportunity", related=related)))["relationships"]
    assert [after[name]["data"]["id"] for name in ("account", "owner")] == [other, bob.user_id]
    assert [each["id"] for each in after["prospects"]["data"]] == [contact.id]
    alone = (await changed(alice, path, sent("opportunity", related={"account": None})))["relationships"]
    assert alone["account"]["data"] is None
    assert [each["id"] for each in alone["prospects"]["data"]] == [contact.id]


async def test_values_are_cleared(alice: Person, roof: Any) -> None:
    body = sent("opportunity", amount=None, closeDate=None, related={"prospects": []})
    after = await changed(alice, f"/opportunities/{roof['id']}", body)
    assert (after["attributes"]["amount"], after["attributes"]["closeDate"]) == (None, None)


async def test_what_is_decided_is_certain(store: Store, alice: Person, roof: Any) -> None:
    ends: list[tuple[DealStatus, int]] = [("won", 100), ("lost", 0)]
    for status, probability in ends:
        async with store.transaction() as tx:
            await change_deal(tx, alice.caller, roof["id"], DealChanges(status=status))
        path = f"/opportunities/{roof['id']}"
        assert (await shown(alice, path))["attributes"]["probability"] == probability
        await changed(alice, path, sent("opportunity", name=status))
        assert (await shown(alice, path))["attributes"]["probability"] == probability


async def test_it_is_deleted(alice: Person, roof: Any) -> None:
    answer = await alice.outreach.delete(f"/opportunities/{roof['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problems(await alice.outreach.get(f"/opportunities/{roof['id']}"), 404)


ATTRIBUTES: list[tuple[str, Any]] = [
    ("name", None),
    ("name", ""),
    ("amount", "5"),
    ("amount", 1e15),
    ("amount", True),
    ("currencyType", "euro"),
    ("currencyType", None),
    ("closeDate", "soon"),
    ("closeDate", "9999-12-31"),
    ("closeDate", 5),
]


@pytest.mark.parametrize(("name", "value"), ATTRIBUTES)
async def test_an_attribute_that_is_wrong_is_refused(alice: Person, roof: Any, name: str, value: Any) -> None:
    body = sent("opportunity", **{name: value})
    answer = await alice.outreach.patch(f"/opportunities/{roof['id']}", json=body)
    assert problems(answer, 422).keys() == {f"/data/attributes/{name}"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("owner", None),
        ("account", None),
        ("account", ("user", 1)),
        ("account", ("account", 999_999_999)),
        ("account", ("account", "x")),
        ("account", ("account", None)),
        ("account", ("account", True)),
        ("account", [("account", 1)]),
        ("owner", ("user", "9" * 40)),
        ("prospects", ("prospect", 1)),
        ("prospects", None),
        ("prospects", [("prospect", 999_999_999)]),
        ("prospects", [("prospect", 1), ("prospect", 2)]),
        ("prospects", [None]),
    ],
)
async def test_a_relationship_that_is_wrong_is_refused(alice: Person, roof: Any, name: str, value: Any) -> None:
    path = f"/opportunities/{roof['id']}"
    answer = await alice.outreach.patch(path, json=sent("opportunity", related={name: value}))
    assert problems(answer, 422).keys() == {f"/data/relationships/{name}"}
    assert await shown(alice, path) == roof


async def test_another_teams_records_are_not_there(
    store: Store, alice: Person, charlie: Person, roof: Any
) -> None:
    contact = await contact_of(store, charlie)
    foreign = {
        "account": ("account", await account_of(charlie)),
        "owner": ("user", charlie.user_id),
        "prospects": [("prospect", contact.id)],
    }
    for name, value in foreign.items():
        body = sent("opportunity", related={name: value})
        answer = await alice.outreach.patch(f"/opportunities/{roof['id']}", json=body)
        assert problems(answer, 422).keys() == {f"/data/relationships/{name}"}


async def test_all_that_is_wrong_is_told_at_once(alice: Person) -> None:
    body = sent("opportunity", name="", amount="x", related={"owner": ("account", 1)})
    assert problems(await alice.outreach.post("/opportunities", json=body), 422).keys() == {
        "/data/attributes/name",
        "/data/attributes/amount",
        "/data/relationships/owner",
    }


async def test_a_name_and_an_account_or_prospect_are_needed(alice: Person) -> None:
    answer = await alice.outreach.post("/opportunities", json=sent("opportunity"))
    assert problems(answer, 422).keys() == {"/data/attributes/name"}
    answer = await alice.outreach.post("/opportunities", json=sent("opportunity", name="Roof"))
    assert problems(answer, 422).keys() == {"/data/relationships/account"}
