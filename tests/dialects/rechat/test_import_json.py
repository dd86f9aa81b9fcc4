from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, a, everything, me, new_definition
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.jobs.working import until, working
from tests.people import Person, new_key, rechat_client
from touchbook.http import slices
from touchbook.http.bodies import LARGEST_BODY, decode_json
from touchbook.http.slices import MOST_VALUES, SMALL
from touchbook.store.postgres import Store

WRONG: list[dict[str, Any]] = [
    {"attributes": [a("note", "x")]},
    {"user": NEVER, "attributes": [a("note", "x")]},
    {"user": "ME"},
    {"user": "ME", "attributes": "x"},
    {"user": "ME", "attributes": [a("uncle", "x")]},
    {"user": "ME", "attributes": [a("note", "x"), a("title", "Prince")]},
    {"user": "ME", "attributes": [a("note", "x"), {"attribute_type": "note", "text": 5}]},
    {"user": "ME", "attributes": [a("note", "x"), a("drink", "Tea"), a("birthday", "x")]},
    {"user": "ME", "attributes": [a("note", "lacks a drink")]},
]


async def ask(person: Person, *contacts: dict[str, Any]) -> httpx.Response:
    sent = [{**each, "user": me(person)} if each.get("user") == "ME" else each for each in contacts]
    return await person.rechat.post("/contacts/import.json", json={"contacts": sent})


async def job_of(person: Person, uid: str) -> Any:
    return data_of(await person.rechat.get(f"/contacts/jobs/{uid}"))


async def finish(store: Store, person: Person, answer: httpx.Response) -> Any:
    uid = data_of(answer)["job_id"]

    async def finished() -> bool:
        return bool((await job_of(person, uid))["status"] == "done")

    async with working(store):
        await until(finished)
    return await job_of(person, uid)


@pytest.mark.req("RC-095", "RC-096", "RC-041")
async def test_contacts_are_imported_by_a_job(store: Store, alice: Person, bob: Person) -> None:
    phones = [a("phone_number", f"+1312555010{number}") for number in range(3)]
    sent = [
        {"user": me(alice), "attributes": [a("first_name", "Ann"), *phones], "ios_address_book_id": "6B"},
        {"user": me(bob), "attributes": [a("birthday", 1000000), a("address", {"city": "Dallas"})]},
    ]
    answer = await ask(bob, *sent)
    assert answer.json().keys() == {"code", "data"}
    assert data_of(answer).keys() == {"job_id"}
    waiting = await job_of(alice, data_of(answer)["job_id"])
    assert (waiting["status"], waiting["total"], waiting["done"], waiting["failed"]) == ("waiting", 2, 0, 0)
    assert await everything(alice) == []
    job = await finish(store, bob, answer)
    assert (job["status"], job["total"], job["done"], job["failed"]) == ("done", 2, 2, 0)
    assert job["updated_at"] > job["created_at"] == waiting["created_at"]
    ann, other = await everything(alice)
    assert {(each["created_for"], each["updated_for"]) for each in (ann, other)} == {("import_json",) * 2}
    assert (ann["user_id"], ann["ios_address_book_id"], other["user_id"]) == (me(alice), "6B", me(bob))
    assert ann["phone_numbers"] == ["+13125550102", "+13125550101", "+13125550100"]
    assert (other["birthday"], other["address"][0]["city"]) == ("1970-01-12T00:00:00.000Z", "Dallas")
    assert {part["created_by"] for part in ann["attributes"]} == {me(bob)}
    path = f"/contacts/{ann['id']}"
    assert data_of(await bob.rechat.patch(path, json={"attributes": [a("tag", "Hot")]}))["updated_for"] == (
        "direct_request"
    )


@pytest.mark.req("RC-177")
async def test_what_is_wrong_fails_alone(store: Store, alice: Person) -> None:
    await new_definition(alice, "drink", required=True)
    good: list[dict[str, Any]] = [{"user": "ME", "attributes": [a("drink", text)]} for text in ("Tea", "Coffee")]
    job = await finish(store, alice, await ask(alice, good[0], *WRONG, good[1]))
    assert (job["total"], job["done"], job["failed"]) == (len(WRONG) + 2, len(WRONG) + 2, len(WRONG))
    assert [contact["attributes"][0]["text"] for contact in await everything(alice)] == ["Tea", "Coffee"]


async def test_a_thousand_and_one_come_in_slices(store: Store, alice: Person) -> None:
    sent = [{"user": "ME", "attributes": [a("first_name", f"P{number}")]} for number in range(1001)]
    job = await finish(store, alice, await ask(alice, *sent))
    assert (job["done"], job["failed"]) == (1001, 0)
    answer = await alice.rechat.get("/contacts", params={"limit": 2, "start": 999, "order": "created_at"})
    assert [row["first_name"] for row in answer.json()["data"]] == ["P999", "P1000"]
    assert answer.json()["info"]["total"] == 1001


async def test_nothing_good_is_done_at_once(store: Store, alice: Person) -> None:
    job = await finish(store, alice, await ask(alice, {}))
    assert (job["total"], job["done"], job["failed"]) == (1, 1, 1)
    assert await everything(alice) == []


@pytest.mark.parametrize("contacts", [{}, "x", None, [], 5, ["x"], [None]])
async def test_contacts_are_a_list(store: Store, alice: Person, contacts: Any) -> None:
    answer = await alice.rechat.post("/contacts/import.json", json={"contacts": contacts})
    assert refusal_of(answer, 400).keys() == {"contacts"}
    assert refusal_of(await alice.rechat.post("/contacts/import.json", json={}), 400).keys() == {"contacts"}
    async with store.reading() as reader:
        assert await reader.fetch_value("select count(*) from jobs where team_id = $1", alice.team.id) == 0


async def test_a_job_is_the_teams(alice: Person, charlie: Person) -> None:
    uid = data_of(await ask(alice, {}))["job_id"]
    for missing in (uid, NEVER):
        refusal_of(await charlie.rechat.get(f"/contacts/jobs/{missing}"), 404)
    for text in NO_UIDS:
        assert refusal_of(await alice.rechat.get(f"/contacts/jobs/{text}"), 400).keys() == {"id"}


async def test_a_key_to_read_may_not_import(store: Store, alice: Person) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/contacts/import.json", json={"contacts": [{}]}), 403)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the texts that were decoded, each in one step."""
    sizes: list[int] = []

    def decode(body: bytes, *free: Any) -> Any:
        sizes.append(len(body))
        return decode_json(body, *free)

    monkeypatch.setattr(slices, "decode_json", decode)
    return sizes


async def test_too_many_are_refused_before_any_is_built(store: Store, alice: Person, decoded: list[int]) -> None:
    """As text they are counted: no list of them comes to be."""
    for size, path in ((880_000, "/contacts/import.json"), (SMALL, "/contacts")):
        body = b'{"contacts": [' + b",".join([b"{}"] * (size + 1)) + b"]}"
        answer = await alice.rechat.post(path, content=body)
        most = "10,000" if path.endswith("json") else "5,000"
        assert refusal_of(answer, 400) == {"contacts": [f"contacts must have at most {most} items."]}
    many = {"contacts": [f"contacts must have at most {MOST_VALUES:,} values."]}
    everybody = b'{"contacts": [%b]}' % b",".join([b"1"] * 2 * MOST_VALUES + [b"1"])
    assert refusal_of(await alice.rechat.post("/contacts/import.json", content=everybody), 400) == many
    beside = b'{"contacts": [{}], "x": [%b]}' % b",".join([b"1"] * MOST_VALUES)
    assert refusal_of(await alice.rechat.post("/contacts/import.json", content=beside), 400).keys() == {"x"}
    large = b'{"contacts": [{}, {"note": "%b"}]}' % (b"x" * LARGEST_BODY)
    answer = await alice.rechat.post("/contacts/import.json", content=large)
    assert refusal_of(answer, 400) == {"contacts": ["contacts.1 must have at most 1,048,576 bytes."]}
    assert decoded == []
    async with store.reading() as reader:
        assert await reader.fetch_value("select count(*) from jobs where team_id = $1", alice.team.id) == 0


@pytest.mark.parametrize("part", [b"1", b"{}", b'"a"', b"[]", b'{"a":1}'])
async def test_too_many_values_are_refused(alice: Person, decoded: list[int], part: bytes) -> None:
    whole = b'{"x":[%b]}' % b",".join([part] * 100_000)
    answer = await alice.rechat.post(
        "/contacts/import.json", content=b'{"contacts": [%b]}' % b",".join([whole] * 6), timeout=60
    )
    assert refusal_of(answer, 400) == {"contacts": [f"contacts must have at most {MOST_VALUES:,} values."]}
    assert len(decoded) <= 5


async def test_a_large_body_is_read_in_slices(alice: Person, decoded: list[int]) -> None:
    contacts = [{"user": "ME", "attributes": [a("note", "x" * 500)]} for _ in range(1000)]
    job = await job_of(alice, data_of(await ask(alice, *contacts, {"user": 5}))["job_id"])
    assert (job["total"], job["failed"]) == (1001, 1)
    assert len(decoded) > 8
    assert max(decoded) < SMALL + 20


async def test_commas_of_texts_are_no_values(alice: Person) -> None:
    notes = [a("note", f'{number}"\\,' + "," * 30_000) for number in range(20)]
    job = await job_of(alice, data_of(await ask(alice, {"user": "ME", "attributes": notes}))["job_id"])
    assert (job["total"], job["failed"]) == (1, 0)
