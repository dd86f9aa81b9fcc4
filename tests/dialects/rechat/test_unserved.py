"""What Rechat's documents have and Touchbook does not serve yet says so, and is taken for no contact."""

from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, new_contact, shown
from tests.dialects.rechat.wire import refusal_of, rows_of
from tests.people import Person
from touchbook.dialects.rechat.routes import RECHAT

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
DOCUMENTED = [
    ("GET", "/contacts/duplicates"),
    ("GET", "/contacts/{id}/duplicates"),
    ("POST", "/contacts/merge"),
    ("POST", "/contacts/{id}/merge"),
    ("POST", "/contacts/import.csv"),
    ("POST", "/contacts/import.xls"),
    ("POST", "/contacts/import.xlsx"),
]


def test_none_of_them_is_served_all_the_same() -> None:
    assert sorted(RECHAT.unserved) == sorted(path for _, path in DOCUMENTED)
    assert {route.path for route in RECHAT.routes}.isdisjoint(RECHAT.unserved)


@pytest.mark.parametrize(("method", "path"), DOCUMENTED)
@pytest.mark.parametrize("key", [None, "one"])
async def test_it_is_not_found_and_says_why(alice: Person, method: str, path: str, key: str | None) -> None:
    contact = await new_contact(alice)
    headers = {"idempotency-key": key} if key else {}
    for identifier in (contact["id"], NEVER, "x"):
        asked = path.format(id=identifier)
        for written in (asked, f"{asked}/"):
            body: dict[str, Any] = (
                {} if method == "GET" else {"json": {"sub_contacts": [contact["id"]], "clusters": []}}
            )
            answer = await alice.rechat.request(method, written, headers=headers, **body)
            assert refusal_of(answer, 404) == f"The path {asked} is not supported by Touchbook."
    assert await shown(alice, contact) == contact


@pytest.mark.parametrize("path", sorted({path for _, path in DOCUMENTED}))
async def test_no_method_of_a_contact_answers_there(alice: Person, path: str) -> None:
    for method in METHODS:
        answer = await alice.rechat.request(method, path.format(id=NEVER))
        assert refusal_of(answer, 404) == f"The path {path.format(id=NEVER)} is not supported by Touchbook."


@pytest.mark.req("RC-167")
async def test_words_are_never_taken_for_the_id_of_a_contact(alice: Person) -> None:
    """Whatever the method: who asks for a word never hears that it is no id, nor is a contact changed by it."""
    for method in METHODS:
        assert "is not supported" in refusal_of(await alice.rechat.request(method, "/contacts/duplicates"), 404)
    assert rows_of(await alice.rechat.get("/contacts/tags"))
    assert len(rows_of(await alice.rechat.get("/contacts/attribute_defs"))) == 29
    for path in ("/contacts/tags", "/contacts/attribute_defs"):
        for method in ("PUT", "PATCH", "DELETE"):
            refusal_of(await alice.rechat.request(method, path, json={}), 405)
        assert refusal_of(await alice.rechat.post(path, json={}), 400).keys().isdisjoint({"id"})
