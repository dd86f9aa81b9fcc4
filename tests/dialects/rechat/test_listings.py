import json
from typing import Any

import pytest

from tests.conformance.rechat.fixtures import FIXTURES
from tests.dialects.rechat.records import NEVER, NO_UIDS
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

JUNIUS = {**FIXTURES["listings"]["junius"]["document"], "id": "edb5195a-f7ec-11e4-bc76-0a95648eeb58"}


@pytest.mark.req("RT-90")
async def test_a_listing_is_kept_as_it_came(alice: Person, bob: Person) -> None:
    assert data_of(await alice.rechat.post("/listings", json=JUNIUS)) == JUNIUS
    assert data_of(await bob.rechat.get(f"/listings/{JUNIUS['id']}")) == JUNIUS
    assert len(JUNIUS) == 132


async def test_one_of_the_same_id_is_replaced(alice: Person, charlie: Person) -> None:
    await charlie.rechat.post("/listings", json=JUNIUS)
    await alice.rechat.post("/listings", json=JUNIUS)
    after = {**JUNIUS, "price": 1}
    assert data_of(await alice.rechat.post("/listings", json=after)) == after
    assert data_of(await alice.rechat.get(f"/listings/{JUNIUS['id']}")) == after
    assert data_of(await charlie.rechat.get(f"/listings/{JUNIUS['id']}")) == JUNIUS


@pytest.mark.parametrize("document", [{"id": 4711}, {"id": "A-1"}, {"mls_name": "M", "mls_number": "1"}])
async def test_one_without_a_uuid_is_known_again(alice: Person, charlie: Person, document: dict[str, Any]) -> None:
    first = data_of(await alice.rechat.post("/listings", json=document))
    second = data_of(await alice.rechat.post("/listings", json={**document, "price": 2}))
    theirs = data_of(await charlie.rechat.post("/listings", json=document))
    assert first == {**document, "id": first["id"]}
    assert second == {**document, "id": first["id"], "price": 2}
    assert theirs["id"] != first["id"]


async def test_those_that_cannot_be_told_apart_are_each_their_own(alice: Person) -> None:
    first, second = [data_of(await alice.rechat.post("/listings", json={})) for _ in range(2)]
    assert first.keys() == {"id"}
    assert first != second


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"{", b'{"a": "\\u0000"}', b'{"a": 1e999}', b'{"id": 2.5}', b'{"id": []}']
)
async def test_what_is_no_object_is_refused(alice: Person, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    refusal_of(await alice.rechat.post("/listings", content=body, headers=headers), 400)


async def test_only_whose_it_is_and_who_may_write(store: Store, alice: Person, charlie: Person) -> None:
    await alice.rechat.post("/listings", json=JUNIUS)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    assert data_of(await reader.get(f"/listings/{JUNIUS['id']}")) == JUNIUS
    refusal_of(await reader.post("/listings", json={**JUNIUS, "price": 1}), 403)
    for uid in (JUNIUS["id"], NEVER):
        refusal_of(await charlie.rechat.get(f"/listings/{uid}"), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.get(f"/listings/{text}"), 400)
    refusal_of(await alice.rechat.get("/listings"), 405)
    assert data_of(await alice.rechat.get(f"/listings/{JUNIUS['id']}")) == JUNIUS


async def test_numbers_come_back_equal(alice: Person) -> None:
    headers = {"content-type": "application/json"}
    body = f'{{"id": "{JUNIUS["id"]}", "price": 1e23, "lots": [10000000000000000000000, 0.12345678901234567890]}}'
    for sent in (body, (await alice.rechat.post("/listings", content=body, headers=headers)).text):
        document = sent if sent == body else json.dumps(json.loads(sent)["data"])
        data_of(await alice.rechat.post("/listings", content=document, headers=headers))
        kept = data_of(await alice.rechat.get(f"/listings/{JUNIUS['id']}"))
        assert kept == json.loads(body)
