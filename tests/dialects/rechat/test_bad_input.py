"""Bodies that are nothing: a refusal in Rechat's shape, and nothing changed."""

from typing import Any

import pytest

from tests.dialects.close.test_errors import NO_OBJECTS
from tests.dialects.rechat.records import a, everything, me, new_contact
from tests.dialects.rechat.wire import data_of, refusal_of, rows_of
from tests.people import Person
from touchbook.dialects.rechat.routes import RECHAT

WITH_BODY = [
    (route.method, route.path)
    for route in RECHAT.routes
    if route.body and not (route.body_listed or route.receives_file or route.public)
]


def place(path: str, contact: Any) -> str:
    return (
        path.replace("{id}", contact["id"])
        .replace("{attribute}", contact["attributes"][0]["id"])
        .replace("{tag}", "Hot")
    )


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:20]))
async def test_a_body_that_is_no_object_is_refused(alice: Person, body: bytes) -> None:
    made = await new_contact(alice)
    for method, path in WITH_BODY:
        kept = path == "/listings" and body.startswith(b'{"x": 9')
        if kept or (not body and path == "/contacts/filter"):
            continue
        headers = {"content-type": "application/json"}
        answer = await alice.rechat.request(method, place(path, made), content=body, headers=headers)
        wrong = refusal_of(answer, 400)
        if body or method != "DELETE":
            assert isinstance(wrong, str), path
    assert await everything(alice) == [made]


async def test_another_kind_of_body_is_refused(alice: Person) -> None:
    made = await new_contact(alice)
    for method, path in WITH_BODY:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            headers = {"content-type": kind}
            refusal_of(await alice.rechat.request(method, place(path, made), content=b"{}", headers=headers), 415)
    assert await everything(alice) == [made]


async def test_a_body_beyond_bounds_is_refused(alice: Person) -> None:
    made = await new_contact(alice)
    for path, size in ((f"/contacts/{made['id']}/attributes", 2**20), ("/contacts", 2**24)):
        refusal_of(await alice.rechat.post(path, content=b" " * (size + 1)), 413)
    assert await everything(alice) == [made]


async def test_a_contact_has_a_thousand_attributes(alice: Person) -> None:
    made = await new_contact(alice, *(a("note", f"n{number}") for number in range(1000)))
    path, sent = f"/contacts/{made['id']}", {"attributes": [a("tag", "Hot")]}
    for answer in (
        await alice.rechat.post(f"{path}/attributes", json=sent),
        await alice.rechat.patch(path, json=sent),
    ):
        assert refusal_of(answer, 400) == {"attributes": ["A contact has at most 1,000 attributes."]}
    many = {"attributes": [a("note", "x")] * 1001}
    for answer in (
        await alice.rechat.post(f"{path}/attributes", json=many),
        await alice.rechat.patch(path, json=many),
    ):
        assert refusal_of(answer, 400) == {"attributes": ["attributes must have at most 1,000 items."]}
    [contact] = (await alice.close.get("/contact/")).json()["data"]
    answer = await alice.close.put(f"/contact/{contact['id']}/", json={"phones": [{"phone": "+13125550100"}]})
    assert (answer.status_code, answer.json()["field-errors"]) == (
        400,
        {"phones": "A contact has at most 1,000 attributes."},
    )
    answer = await alice.close.put(f"/contact/{contact['id']}/", json={"emails": [{"email": "a@b"}] * 101})
    assert answer.json()["field-errors"] == {"emails": "Must have at most 100 items."}
    assert await everything(alice) == [made]


async def test_contacts_have_so_many_attributes_together(alice: Person) -> None:
    sent = [{"user": me(alice), "attributes": [a("note", "x")] * 1000} for _ in range(21)]
    answer = await alice.rechat.post("/contacts", json={"contacts": sent})
    assert refusal_of(answer, 400).keys() == {"contacts"}
    assert await everything(alice) == []


async def test_every_wrong_member_is_told(alice: Person) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.patch(f"/contacts/{made['id']}", json={"attributes": 5, "user": 5})
    assert refusal_of(answer, 400).keys() == {"attributes", "user"}
    assert await everything(alice) == [made]


async def test_unknown_members_and_parameters_are_passed_over(alice: Person) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.patch(f"/contacts/{made['id']}", json={"uncle": 1}, params={"aunt": "x"})
    assert data_of(answer)["id"] == made["id"]
    answer = await alice.rechat.get("/contacts", params={"associations": "uncle,contact.uncle", "omit": "uncle"})
    assert rows_of(answer)[0].keys() == made.keys() - {"attributes", "summary"}


@pytest.mark.parametrize(
    "text", ["Ann\u0301", "安", "a\tb\nc", "<b>&amp;", "'; drop table contacts; --", "%s{}", "🙂" * 100]
)
async def test_any_text_is_kept_as_it_is(alice: Person, text: str) -> None:
    made = await new_contact(alice, a("first_name", text), a("tag", text), a("note", text, label=text[:255]))
    [kept] = await everything(alice)
    assert kept == made
    assert (kept["display_name"], kept["tags"], kept["attributes"][2]["label"]) == (text, [text], text[:255])


async def test_an_idempotency_key_makes_one_contact(alice: Person) -> None:
    sent = {"contacts": [{"user": me(alice), "attributes": [a("first_name", "Ann")]}]}
    headers = {"idempotency-key": "k1"}
    first, second = [await alice.rechat.post("/contacts", json=sent, headers=headers) for _ in range(2)]
    assert (first.content, second.headers["idempotent-replayed"]) == (second.content, "true")
    other = {"contacts": [{**sent["contacts"][0], "attributes": []}]}
    answer = await alice.rechat.post("/contacts", json=other, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "Validation")
    assert len(await everything(alice)) == 1
