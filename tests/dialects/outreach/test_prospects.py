"""POST /prospects, PATCH and DELETE /prospects/{id}."""

from typing import Any

import pytest

from tests.dialects.outreach.asking import (
    account_of,
    changed,
    choice_of,
    created,
    ids,
    patched,
    problems,
    sent,
    shown,
)
from tests.factories import contact_of, task_of
from tests.people import Person, new_key, outreach_client
from touchbook.core.contacts.plain import Labelled
from touchbook.core.teams.showing import show_contacts
from touchbook.core.transaction import Transaction
from touchbook.store.postgres import Store

SARAH = {
    "firstName": "Sarah",
    "middleName": "J",
    "lastName": "Connor",
    "nickname": "Mom",
    "title": "Waitress",
    "company": None,
    "source": "Referral",
    "websiteUrl1": "https://example.com",
    "dateOfBirth": "1965-11-13T00:00:00.000Z",
    "emails": ["sarah@example.com", "s.connor@example.com"],
    "tags": ["Hot", "Buyer"],
    "homePhones": ["+1 312 555 0100"],
    "mobilePhones": ["+1 312 555 0101", "+1 312 555 0102"],
    "workPhones": [],
    "otherPhones": ["+1 312 555 0103"],
    "addressStreet": "309 Calder Canyon Road",
    "addressCity": "Los Angeles",
    "addressState": "CA",
    "addressZip": "90210",
    "addressCountry": "US",
}


async def test_a_prospect_is_created_with_all_that_is_sent(alice: Person) -> None:
    made = await created(alice, "/prospects", sent("prospect", **SARAH))
    assert {name: made["attributes"][name] for name in SARAH} == SARAH
    assert made["attributes"]["name"] == "Mom"
    related = made["relationships"]
    assert related["owner"]["data"] == related["creator"]["data"] == {"type": "user", "id": alice.user_id}
    assert all(related[name]["data"] is None for name in ("account", "stage", "persona"))
    assert await shown(alice, f"/prospects/{made['id']}") == made


async def test_relationships_are_set(alice: Person, bob: Person) -> None:
    related = {
        "account": ("account", await account_of(alice)),
        "owner": ("user", bob.user_id),
        "stage": ("stage", await choice_of(alice, "/stages", 3)),
        "persona": ("persona", await choice_of(alice, "/personas", 2)),
    }
    made = await created(alice, "/prospects", sent("prospect", related=related, firstName="Kate"))
    found = {name: made["relationships"][name]["data"] for name in related}
    assert found == {name: {"type": kind, "id": identifier} for name, (kind, identifier) in related.items()}
    assert await changed(alice, f"/prospects/{made['id']}", {"data": made}) == made
    cleared = await changed(
        alice, f"/prospects/{made['id']}", sent("prospect", related=dict.fromkeys(("account", "stage", "persona")))
    )
    assert [cleared["relationships"][name]["data"] for name in ("account", "stage", "persona")] == [None] * 3
    assert cleared["relationships"]["owner"] == made["relationships"]["owner"]


async def test_a_company_is_an_account(alice: Person) -> None:
    made = await created(alice, "/prospects", sent("prospect", firstName="Miles", company="Cyberdyne"))
    [account] = await ids(alice, "/accounts", **{"filter[name]": "Cyberdyne"})
    assert made["relationships"]["account"]["data"] == {"type": "account", "id": account}
    alone = await changed(alice, f"/prospects/{made['id']}", sent("prospect", company=None))
    assert alone["relationships"]["account"]["data"] is None


async def test_tasks_move_with_their_prospect(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    task = await task_of(store, alice, contact_id=contact.id)
    account = await account_of(alice)
    await changed(alice, f"/prospects/{contact.id}", sent("prospect", related={"account": ("account", account)}))
    async with store.reading() as reader:
        sql = "select account_id from tasks where team_id = $1 and id = $2"
        assert await reader.fetch_value(sql, alice.team.id, task.id) == account


@pytest.mark.parametrize("name", SARAH)
async def test_one_attribute_changes_alone(alice: Person, name: str) -> None:
    made = await created(alice, "/prospects", sent("prospect", **SARAH))
    other = {"dateOfBirth": "1970-01-02T00:00:00.000Z", "emails": ["x@example.com"]}
    value = other.get(name, ["+1 312 555 0199"] if isinstance(SARAH[name], list) else "Changed")
    after = await changed(alice, f"/prospects/{made['id']}", sent("prospect", made["id"], **{name: value}))
    expected = {**made["attributes"], name: value}
    if name == "nickname":
        expected["name"] = value
    assert {each: after["attributes"][each] for each in SARAH} == {each: expected[each] for each in SARAH}
    assert after["attributes"]["updatedAt"] > made["attributes"]["updatedAt"]
    assert after["attributes"]["createdAt"] == made["attributes"]["createdAt"]


@pytest.mark.parametrize("name", [name for name in SARAH if name not in ("workPhones", "company")])
async def test_one_attribute_is_cleared_alone(alice: Person, name: str) -> None:
    made = await created(alice, "/prospects", sent("prospect", **SARAH))
    value: Any = [] if isinstance(SARAH[name], list) else None
    after = await changed(alice, f"/prospects/{made['id']}", sent("prospect", **{name: value}))
    assert {each: after["attributes"][each] for each in SARAH} == {**SARAH, name: value}


async def test_what_comes_back_as_it_was_shown_changes_nothing(store: Store, alice: Person) -> None:
    """Labels, notes, what else is known of them: this dialect shows none of it and loses none of it."""
    numbers = [Labelled("+1 312 555 0100", "Boat"), Labelled("+1 312 555 0101", "mobile")]
    contact = await contact_of(store, alice, phone_numbers=numbers, note="Likes boats", birthday=None, company="X")
    path = f"/prospects/{contact.id}"
    before = await attributes(store, alice, contact.id)
    whole = await shown(alice, path)
    assert (whole["attributes"]["otherPhones"], whole["attributes"]["mobilePhones"]) == (
        ["+1 312 555 0100"],
        ["+1 312 555 0101"],
    )
    assert await changed(alice, path, {"data": whole}) == whole
    await changed(alice, path, sent("prospect", workPhones=["+1 312 555 0102"]))
    after = await attributes(store, alice, contact.id)
    assert before <= after
    assert after - before == {("phone_number", "+1 312 555 0102", "Work")}


async def attributes(store: Store, person: Person, contact_id: int) -> set[tuple[Any, ...]]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select a.type, a.text, a.label from contact_attributes a
            where a.team_id = $1 and a.contact_id = $2 and a.deleted_at is null""",
            person.team.id,
            contact_id,
        )
    return {tuple(row) for row in rows}


async def test_it_is_deleted(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    answer = await alice.outreach.delete(f"/prospects/{contact.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    for method in ("GET", "DELETE"):
        assert problems(await alice.outreach.request(method, f"/prospects/{contact.id}"), 404)
    assert problems(await patched(alice, f"/prospects/{contact.id}", sent("prospect")), 404)
    assert await ids(alice, "/prospects") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("firstName", 5),
        ("firstName", "x" * 256),
        ("emails", None),
        ("emails", "a@example.com"),
        ("emails", ["not an address"]),
        ("emails", [None]),
        ("tags", ["x" * 256]),
        ("tags", [" "]),
        ("homePhones", [5]),
        ("dateOfBirth", "soon"),
        ("dateOfBirth", 5),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_an_attribute_that_is_wrong_is_refused(
    store: Store, alice: Person, method: str, name: str, value: Any
) -> None:
    contact = await contact_of(store, alice)
    path, identifier = ("/prospects", None) if method == "POST" else (f"/prospects/{contact.id}", contact.id)
    answer = await alice.outreach.request(method, path, json=sent("prospect", identifier, **{name: value}))
    assert len(problems(answer, 422)) == 1
    assert await ids(alice, "/prospects") == [contact.id]


async def test_who_has_neither_name_nor_address_is_refused(store: Store, alice: Person) -> None:
    for body in (sent("prospect"), sent("prospect", firstName="", emails=[])):
        assert problems(await alice.outreach.post("/prospects", json=body), 422)
    contact = await contact_of(store, alice, "Sarah")
    answer = await patched(alice, f"/prospects/{contact.id}", sent("prospect", firstName=None))
    assert problems(answer, 422)


@pytest.mark.parametrize("name", ["account", "owner", "persona", "stage"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
async def test_another_teams_records_are_not_there(
    store: Store, alice: Person, charlie: Person, method: str, name: str
) -> None:
    contact = await contact_of(store, alice)
    foreign = {
        "account": await account_of(charlie),
        "owner": charlie.user_id,
        "persona": await choice_of(charlie, "/personas"),
        "stage": await choice_of(charlie, "/stages"),
    }[name]
    kind = "user" if name == "owner" else name
    path, own = ("/prospects", None) if method == "POST" else (f"/prospects/{contact.id}", contact.id)
    for identifier in (foreign, 2**60):
        body = sent("prospect", own, related={name: (kind, identifier)}, firstName="Kate")
        found = problems(await alice.outreach.request(method, path, json=body), 422)
        assert found == {f"/data/relationships/{name}": f"Could not find '{kind}' with ID '{identifier}'."}


async def test_an_owner_is_needed_and_must_not_have_left(store: Store, alice: Person, bob: Person) -> None:
    contact = await contact_of(store, alice)
    path, pointer = f"/prospects/{contact.id}", "/data/relationships/owner"
    answer = await patched(alice, path, sent("prospect", related={"owner": None}))
    assert problems(answer, 422).keys() == {pointer}
    async with store.transaction() as tx:
        await leave(tx, bob)
    answer = await patched(alice, path, sent("prospect", related={"owner": ("user", bob.user_id)}))
    assert problems(answer, 422).keys() == {pointer}


async def leave(tx: Transaction, person: Person) -> None:
    await tx.execute(
        "update members set left_at = now() where team_id = $1 and user_id = $2", person.team.id, person.user_id
    )


async def test_where_contacts_are_their_owners_others_are_not_there(
    store: Store, alice: Person, bob: Person
) -> None:
    contact = await contact_of(store, alice)
    own = await contact_of(store, bob, "Bo")
    async with store.transaction() as tx:
        await show_contacts(tx, alice.caller, to="owner")
    client = outreach_client(bob.url, await new_key(store, bob, "write"))
    data = (await client.get("/prospects", params={"count": "true"})).json()
    assert ([each["id"] for each in data["data"]], data["meta"]["count"]) == ([own.id], 1)
    assert problems(await client.get(f"/prospects/{contact.id}"), 404)
    assert set(await ids(alice, "/prospects")) == {contact.id, own.id}


async def test_what_is_given_away_is_shown_once_more(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        await show_contacts(tx, alice.caller, to="owner")
    client = outreach_client(bob.url, await new_key(store, bob, "write"))
    contact = await contact_of(store, bob)
    path = f"/prospects/{contact.id}"
    body = sent("prospect", contact.id, related={"owner": ("user", alice.user_id)}, title="Boss")
    answer = await client.patch(path, json=body)
    assert answer.status_code == 200
    assert answer.json()["data"]["relationships"]["owner"]["data"]["id"] == alice.user_id
    assert answer.json()["data"]["attributes"]["title"] == "Boss"
    assert problems(await client.get(path), 404)
    assert (await shown(alice, path))["relationships"]["owner"]["data"]["id"] == alice.user_id


async def test_what_is_created_for_another_is_shown_once(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        await show_contacts(tx, alice.caller, to="owner")
    client = outreach_client(bob.url, await new_key(store, bob, "write"))
    body = sent("prospect", related={"owner": ("user", alice.user_id)}, firstName="Ann")
    answer = await client.post("/prospects", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()["data"]
    assert made["relationships"]["owner"]["data"]["id"] == alice.user_id
    assert problems(await client.get(f"/prospects/{made['id']}"), 404)
    assert (await shown(alice, f"/prospects/{made['id']}"))["attributes"]["firstName"] == "Ann"
