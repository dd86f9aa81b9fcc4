"""POST /accounts, PATCH and DELETE /accounts/{id}."""

from typing import Any

import pytest

from tests.dialects.outreach.asking import account_of, changed, created, ids, listed, problems, sent, shown
from tests.factories import contact_of, deal_of
from tests.people import Person
from touchbook.store.postgres import Store


async def test_an_account_is_created(alice: Person) -> None:
    made = await created(alice, "/accounts", sent("account", name="Cyberdyne"))
    assert made["attributes"]["name"] == "Cyberdyne"
    assert made["relationships"]["creator"]["data"] == {"type": "user", "id": alice.user_id}
    assert await shown(alice, f"/accounts/{made['id']}") == made


async def test_only_companies_are_there(store: Store, alice: Person) -> None:
    contact = await contact_of(store, alice)
    account = await account_of(alice)
    assert await ids(alice, "/accounts") == [account]
    answer = await alice.outreach.patch(f"/accounts/{contact.account_id}", json=sent("account", name="x"))
    assert problems(answer, 404)
    assert problems(await alice.outreach.delete(f"/accounts/{contact.account_id}"), 404)


async def test_only_what_is_sent_changes(alice: Person) -> None:
    before = await created(alice, "/accounts", sent("account", name="Cyberdyne"))
    path = f"/accounts/{before['id']}"
    after = await changed(alice, path, sent("account", before["id"], name="Skynet"))
    assert after["attributes"]["name"] == "Skynet"
    assert after["attributes"]["createdAt"] == before["attributes"]["createdAt"]
    assert after["attributes"]["updatedAt"] > before["attributes"]["updatedAt"]
    assert await changed(alice, path, sent("account", str(before["id"]))) == after
    assert await changed(alice, path, {"data": after}) == after


async def test_it_goes_with_all_that_belongs_to_it(store: Store, alice: Person) -> None:
    account = await account_of(alice)
    related = {"account": ("account", account)}
    await created(alice, "/prospects", sent("prospect", related=related, firstName="Miles"))
    await created(alice, "/opportunities", sent("opportunity", related=related, name="Roof"))
    kept = await deal_of(store, alice)
    answer = await alice.outreach.delete(f"/accounts/{account}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert problems(await alice.outreach.get(f"/accounts/{account}"), 404)
    assert problems(await alice.outreach.delete(f"/accounts/{account}"), 404)
    assert await ids(alice, "/prospects") == [kept.contact_id]
    assert await ids(alice, "/opportunities") == [kept.id]


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (sent("account"), 422, "/data/attributes/name"),
        (sent("account", name=""), 422, "/data/attributes/name"),
        (sent("account", name=" "), 422, "/data/attributes/name"),
        (sent("account", name=None), 422, "/data/attributes/name"),
        (sent("account", name=5), 422, "/data/attributes/name"),
        (sent("account", name="x" * 256), 422, "/data/attributes/name"),
        (sent("prospect", name="x"), 409, None),
        (sent(None, name="x"), 409, None),
        (sent("account", 5, name="x"), 403, None),
        ({"data": None}, 400, None),
        ({"data": []}, 400, None),
        ({"data": {"type": "account", "attributes": []}}, 400, None),
        ({"data": {"type": "account", "attributes": {"name": "x"}, "relationships": 1}}, 400, None),
        ({}, 400, None),
        ([], 400, None),
        (None, 400, None),
        ({"data": {"type": "account", "attributes": {"name": "\0"}}}, 400, None),
    ],
)
async def test_what_is_wrong_is_refused(alice: Person, body: Any, status: int, pointer: str | None) -> None:
    assert problems(await alice.outreach.post("/accounts", json=body), status).keys() == {pointer}
    assert (await listed(alice, "/accounts"))["data"] == []


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"data": {"type": "account", "name": "\\ud800"}}'])
async def test_a_body_that_is_none_is_refused(alice: Person, content: bytes) -> None:
    assert problems(await alice.outreach.post("/accounts", content=content), 400)


@pytest.mark.parametrize("identifier", [7, "7", "x", True, [], {}])
async def test_another_id_than_the_paths_is_refused(alice: Person, identifier: Any) -> None:
    account = await account_of(alice)
    answer = await alice.outreach.patch(f"/accounts/{account}", json=sent("account", identifier, name="x"))
    if str(identifier) != str(account):
        assert problems(answer, 409)
        assert (await shown(alice, f"/accounts/{account}"))["attributes"]["name"] == "Cyberdyne"


async def test_what_may_not_be_written_is_passed_over(alice: Person) -> None:
    made = await created(
        alice, "/accounts", sent("account", name="x", createdAt="2020-01-01T00:00:00.000Z", custom151=1)
    )
    assert made["attributes"]["createdAt"] > "2020-02"
