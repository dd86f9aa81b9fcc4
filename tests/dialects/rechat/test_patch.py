from typing import Any

import pytest

from tests.dialects.rechat.records import ALL, NEVER, NO_UIDS, a, everything, me, new_contact, of, shown
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


async def patch(person: Person, contact: Any, *attributes: Any, associations: str = ALL, **members: Any) -> Any:
    sent = {"attributes": list(attributes), **members}
    path = f"/contacts/{contact['id']}"
    return data_of(await person.rechat.patch(path, json=sent, params={"associations": associations}))


@pytest.mark.req("RC-062", "RC-063", "RC-064")
async def test_what_has_an_id_is_changed_and_the_rest_added(alice: Person, bob: Person) -> None:
    made = await new_contact(alice, a("first_name", "Ann"), a("email", "a@example.com"), a("note", "untouched"))
    first, email, note = made["attributes"]
    now = await patch(bob, made, {"id": email["id"], "text": "b@example.com", "label": "Work"}, a("tag", "Hot"))
    assert now == await shown(alice, made)
    assert now["attributes"][0] == first
    assert now["attributes"][2] == note
    changed = now["attributes"][1]
    assert {**changed, "updated_at": 0} == {
        **email,
        "text": "b@example.com",
        "label": "Work",
        "updated_by": me(bob),
        "updated_at": 0,
    }
    assert changed["updated_at"] > email["updated_at"]
    added = now["attributes"][3]
    assert (added["attribute_type"], added["text"], added["created_by"]) == ("tag", "Hot", me(bob))
    assert (added["updated_by"], now["emails"], now["tags"]) == (None, ["b@example.com"], ["Hot"])
    assert (now["updated_for"], now["created_for"]) == ("direct_request", "direct_request")
    assert now["updated_at"] > made["updated_at"]


@pytest.mark.parametrize(
    ("kind", "sent", "member", "kept"),
    [
        ("birthday", {"date": 1000000}, "date", 950400),
        ("note", {"text": "new"}, "text", "new"),
        ("note", {"label": "x"}, "label", "x"),
        ("note", {"label": None}, "label", None),
        ("note", {"index": 3}, "index", 3),
        ("note", {"is_partner": True}, "is_partner", True),
        ("note", {"is_primary": True}, "is_primary", True),
    ],
)
async def test_each_member_can_be_changed(
    alice: Person, kind: str, sent: dict[str, Any], member: str, kept: Any
) -> None:
    made = await new_contact(alice, a("birthday", 0), a("note", "old", label="l"))
    now = await patch(alice, made, {"id": of(made, kind)[0]["id"], **sent})
    assert of(now, kind)[0][member] == kept
    rest = {name: value for name, value in of(made, kind)[0].items() if name not in (member, *CHANGING)}
    assert rest.items() <= of(now, kind)[0].items()


CHANGING = ("updated_at", "updated_by")


async def test_an_address_is_changed_whole(alice: Person) -> None:
    made = await new_contact(alice, a("address", {"house_num": "12", "name": "Elm", "city": "Dallas"}))
    now = await patch(alice, made, {"id": of(made, "address")[0]["id"], "address": {"city": "Austin"}})
    assert now["address"] == [
        {"city": "Austin", "line1": "", "line2": "Austin", "full": "Austin", "type": "stdaddr"}
    ]


@pytest.mark.req("RC-065")
async def test_read_only_members_are_passed_over(alice: Person) -> None:
    made = await new_contact(alice, a("email", "a@example.com"))
    email = made["attributes"][0]
    wrong = {
        "contact": NEVER,
        "created_at": 1,
        "updated_at": 1,
        "deleted_at": 1,
        "created_by": NEVER,
        "updated_by": NEVER,
        "attribute_type": "phone_number",
        "attribute_def": NEVER,
        "type": "uncle",
    }
    now = (await patch(alice, made, {**wrong, "id": email["id"], "text": "b@example.com"}))["attributes"][0]
    expected = {**email, "text": "b@example.com", "updated_by": me(alice), "updated_at": now["updated_at"]}
    assert now == expected


@pytest.mark.req("RC-065")
@pytest.mark.parametrize(
    "associations",
    [
        ALL,
        f"{ALL},contact_attribute.attribute_def",
        f"{ALL},contact.brand,contact.created_by,contact.users,contact.deals",
        f"{ALL},contact.user",
    ],
)
async def test_a_whole_contact_sent_back_changes_nothing(
    store: Store, alice: Person, bob: Person, associations: str
) -> None:
    made = await new_contact(
        alice,
        a("first_name", "Ann"),
        a("birthday", -1),
        a("address", {"city": "Dallas", "box": ""}),
        a("email", "a@example.com", is_primary=True),
        a("tag", "Hot"),
        a("source_type", "CSV"),
    )
    whole = await shown(alice, made, associations)
    path = f"/contacts/{made['id']}"
    answer = await bob.rechat.patch(path, json=whole, params={"associations": associations})
    assert data_of(answer) == await shown(alice, made, associations)
    assert await shown(alice, made) == made
    async with store.reading() as reader:
        kinds = await reader.fetch(
            "select kind from events where team_id = $1 and kind like 'contact.%'", alice.team.id
        )
    assert [row["kind"] for row in kinds] == ["contact.created"]


@pytest.mark.req("RC-067")
async def test_attributes_are_answered_when_asked_for(alice: Person) -> None:
    made = await new_contact(alice)
    for associations in ("", "contact.summary", "contact.attributes"):
        now = await patch(alice, made, a("note", "x"), associations=associations)
        assert ("attributes" in now, "summary" in now) == (
            associations == "contact.attributes",
            associations == "contact.summary",
        )


async def test_an_owner_may_come_along(alice: Person, bob: Person, charlie: Person) -> None:
    made = await new_contact(alice)
    assert (await patch(alice, made, user=me(bob)))["user_id"] == me(bob)
    assert (await patch(alice, made, a("note", "x"), user=me(alice)))["user_id"] == me(alice)
    for nobody in (NEVER, me(charlie)):
        answer = await alice.rechat.patch(f"/contacts/{made['id']}", json={"user": nobody, "attributes": []})
        assert refusal_of(answer, 400).keys() == {"user"}
    assert (await shown(alice, made))["user_id"] == me(alice)


@pytest.mark.req("RC-066")
async def test_an_attribute_of_another_contact_is_not_there(alice: Person, charlie: Person) -> None:
    made, other, foreign = await new_contact(alice), await new_contact(alice), await new_contact(charlie)
    for uid in (other["attributes"][0]["id"], foreign["attributes"][0]["id"], NEVER):
        sent = {"attributes": [a("note", "x"), {"id": uid, "text": "Mine"}]}
        refusal_of(await alice.rechat.patch(f"/contacts/{made['id']}", json=sent), 404)
    assert await everything(alice) == [made, other]
    assert await everything(charlie) == [foreign]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"attributes": {}}, "attributes"),
        ({"attributes": None}, "attributes"),
        ({"attributes": ["x"]}, "attributes"),
        ({"attributes": [{"text": "x"}]}, "attributes.0"),
        ({"attributes": [a("uncle", "x")]}, "attributes.0"),
        ({"attributes": [a("note", "x"), a("birthday", "x")]}, "attributes.1"),
        ({"attributes": [{"id": "x", "text": "x"}]}, "attributes.id"),
        ({"attributes": [{"id": 5, "text": "x"}]}, "attributes"),
        ({"attributes": [{"id": "NAME", "text": ""}]}, "first_name"),
        ({"attributes": [{"id": "NAME", "date": 5}]}, "first_name"),
        ({"attributes": [{"id": "NAME", "number": 5}]}, "first_name"),
        ({"attributes": [{"id": "NAME", "label": "x" * 256}]}, "attributes"),
        ({"attributes": [{"id": "NAME", "index": "1"}]}, "attributes"),
        ({"user": None}, "user"),
        ({"user": "x"}, "user"),
        ({"user": 5}, "user"),
    ],
)
async def test_wrong_changes_are_refused(alice: Person, sent: Any, wrong: str) -> None:
    made = await new_contact(alice)
    for each in sent.get("attributes") or ():
        if isinstance(each, dict) and each.get("id") == "NAME":
            each["id"] = made["attributes"][0]["id"]
    answer = await alice.rechat.patch(f"/contacts/{made['id']}", json=sent)
    assert refusal_of(answer, 400).keys() == {wrong}
    assert await everything(alice) == [made]


@pytest.mark.req("RC-092", "RC-169")
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
async def test_a_contact_that_is_not_there(alice: Person, charlie: Person, method: str) -> None:
    theirs = await new_contact(charlie)
    body: dict[str, Any] = {"json": {"attributes": [a("note", "x")]}} if method == "PATCH" else {}
    for uid in (NEVER, theirs["id"]):
        message = refusal_of(await alice.rechat.request(method, f"/contacts/{uid}", **body), 404)
        assert message == f"Contact {uid} not found"
    for text in NO_UIDS:
        answer = await alice.rechat.request(method, f"/contacts/{text}", **body)
        assert refusal_of(answer, 400).keys() == {"id"}
    assert await everything(charlie) == [theirs]


async def test_a_key_to_read_may_not_change(store: Store, alice: Person) -> None:
    made = await new_contact(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.patch(f"/contacts/{made['id']}", json={"attributes": [a("note", "x")]}), 403)
    refusal_of(await reader.patch("/contacts", json={"contacts": [{"id": made["id"], "user": me(alice)}]}), 403)
    assert await everything(alice) == [made]
