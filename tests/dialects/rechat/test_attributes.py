from typing import Any

import pytest

from tests.dialects.rechat.records import ALL, NEVER, NO_UIDS, a, everything, me, new_contact, of, shown
from tests.dialects.rechat.wire import data_of, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

WITH_DEFINITION = {"associations": "contact_attribute.attribute_def"}


def place(contact: Any, attribute: Any = None) -> str:
    return f"/contacts/{contact['id']}/attributes" + (f"/{attribute['id']}" if attribute else "")


@pytest.mark.req("RC-109")
async def test_what_was_added_is_answered(alice: Person, bob: Person) -> None:
    made = await new_contact(alice, a("tag", "Hot"))
    sent = {"attributes": [a("email", "a@example.com"), a("tag", "Hot"), a("phone_number", "+1", label="Fax")]}
    added = rows_of(await bob.rechat.post(place(made), json=sent), total=0)
    assert [each["text"] for each in added] == ["a@example.com", "Hot", "+1"]
    assert "attribute_def" not in added[0]
    now = await shown(alice, made)
    assert now["attributes"] == [added[1], added[0], added[2]]
    assert made["attributes"] == [added[1]]
    assert {each["created_by"] for each in (added[0], added[2])} == {me(bob)}
    assert (now["updated_for"], now["emails"]) == ("direct_request", ["a@example.com"])
    [more] = rows_of(
        await bob.rechat.post(place(made), json={"attributes": [a("note", "x")]}, params=WITH_DEFINITION)
    )
    assert more["attribute_def"]["name"] == "note"
    assert rows_of(await bob.rechat.post(place(made), json={"attributes": []}), total=0) == []


@pytest.mark.req("RC-110")
@pytest.mark.parametrize(
    ("attributes", "wrong"),
    [
        ({}, "attributes"),
        ("x", "attributes"),
        (None, "attributes"),
        (["x"], "attributes"),
        ([a("note", "x"), {"text": "x"}], "attributes.1"),
        ([a("note", "x"), a("title", "Prince")], "attributes.1"),
        ([a("note", "x"), {"attribute_def": NEVER, "text": "x"}], "attributes.1"),
    ],
)
async def test_wrong_attributes_are_refused(alice: Person, attributes: Any, wrong: str) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.post(place(made), json={"attributes": attributes})
    assert refusal_of(answer, 400).keys() == {wrong}
    assert refusal_of(await alice.rechat.post(place(made), json={}), 400).keys() == {"attributes"}
    assert await everything(alice) == [made]


@pytest.mark.req("RC-111", "RC-112", "RC-051")
async def test_an_attribute_is_changed(alice: Person, bob: Person) -> None:
    made = await new_contact(
        alice, a("email", "a@example.com", is_primary=True), a("email", "b@example.com", label="Work")
    )
    first, second = made["attributes"]
    sent = {"label": "Personal", "text": "c@example.com", "is_primary": True, "id": NEVER}
    changed = data_of(await bob.rechat.put(place(made, second), json=sent))
    expected = {**second, "label": "Personal", "text": "c@example.com", "is_primary": True}
    assert changed == {**expected, "updated_by": me(bob), "updated_at": changed["updated_at"]}
    assert "attribute_def" not in changed
    assert changed["updated_at"] > second["updated_at"]
    now = await shown(alice, made)
    assert now["attributes"] == [{**first, "is_primary": False}, changed]
    assert now["email"] == "c@example.com"
    again = data_of(await alice.rechat.put(place(made, second), json=changed, params=WITH_DEFINITION))
    definition = again.pop("attribute_def")
    assert (again, definition["name"]) == (changed, "email")
    assert await shown(alice, made) == now


@pytest.mark.req("RC-113", "RC-114")
async def test_a_deleted_attribute_leaves_the_contact(alice: Person, bob: Person) -> None:
    made = await new_contact(alice, a("first_name", "Ann"), a("tag", "Hot"), a("tag", "Warm"))
    gone = of(made, "tag")[1]
    plain = data_of(await bob.rechat.delete(place(made, gone)))
    assert (plain["id"], plain["tags"]) == (made["id"], ["Hot"])
    assert "attributes" not in plain
    refusal_of(await bob.rechat.delete(place(made, gone)), 404)
    now = data_of(await bob.rechat.delete(place(made, of(made, "tag")[0]), params={"associations": ALL}))
    assert now == await shown(alice, made)
    assert (now["attributes"], now["tags"]) == ([made["attributes"][0]], None)
    last = data_of(await bob.rechat.delete(place(made, made["attributes"][0]), params={"associations": ALL}))
    assert (last["attributes"], last["display_name"]) == ([], None)


@pytest.mark.req("RC-115")
@pytest.mark.parametrize("method", ["PUT", "DELETE"])
async def test_an_attribute_that_is_not_there(alice: Person, charlie: Person, method: str) -> None:
    made, other, theirs = await new_contact(alice), await new_contact(alice), await new_contact(charlie)
    body: dict[str, Any] = {"json": {"text": "Mine"}} if method == "PUT" else {}
    for contact, attribute in [
        (made, {"id": NEVER}),
        (made, other["attributes"][0]),
        (made, theirs["attributes"][0]),
        (theirs, theirs["attributes"][0]),
        ({"id": NEVER}, made["attributes"][0]),
    ]:
        refusal_of(await alice.rechat.request(method, place(contact, attribute), **body), 404)
    for text in NO_UIDS:
        for contact, attribute in ((made, {"id": text}), ({"id": text}, made["attributes"][0])):
            refusal_of(await alice.rechat.request(method, place(contact, attribute), **body), 400)
    assert await everything(alice) == [made, other]
    assert await everything(charlie) == [theirs]
    refusal_of(await alice.rechat.post(place(theirs), json={"attributes": [a("note", "x")]}), 404)
    assert await everything(charlie) == [theirs]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"text": ""}, "first_name"),
        ({"date": 5}, "first_name"),
        ({"text": 5}, "text"),
        ({"label": 5}, "label"),
        ({"label": "x" * 256}, "label"),
        ({"index": 1.5}, "index"),
        ({"is_primary": "yes"}, "is_primary"),
        ({"address": "x"}, "address"),
        ({"text": 5, "label": 5}, "text label"),
    ],
)
async def test_a_wrong_change_is_refused(alice: Person, sent: Any, wrong: str) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.put(place(made, made["attributes"][0]), json=sent)
    assert refusal_of(answer, 400).keys() == set(wrong.split())
    assert await everything(alice) == [made]


async def test_a_key_to_read_may_not_touch_attributes(store: Store, alice: Person) -> None:
    made = await new_contact(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    [attribute] = made["attributes"]
    refusal_of(await reader.post(place(made), json={"attributes": [a("note", "x")]}), 403)
    refusal_of(await reader.put(place(made, attribute), json={"text": "x"}), 403)
    refusal_of(await reader.delete(place(made, attribute)), 403)
    assert await everything(alice) == [made]
