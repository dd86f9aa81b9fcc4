from typing import Any

import httpx
import pytest

from tests.dialects.rechat.records import ALL, NEVER, a, everything, me, new_contact, new_contacts, of, shown
from tests.dialects.rechat.wire import done, refusal_of
from tests.people import Person


async def patch(person: Person, *contacts: Any, **query: str) -> httpx.Response:
    return await person.rechat.patch("/contacts", json={"contacts": list(contacts)}, params=query)


@pytest.mark.req("RC-059", "RC-060")
@pytest.mark.parametrize("query", [{}, {"get": "true", "associations": ALL}, {"get": "false"}])
async def test_each_contact_gets_its_own(alice: Person, bob: Person, query: dict[str, str]) -> None:
    first, second, third = await new_contacts(alice, *[[a("first_name", name)] for name in ("Ann", "Bo", "Cy")])
    changes = [
        {"id": first["id"], "attributes": [a("tag", "Hot"), {"id": first["attributes"][0]["id"], "text": "Anna"}]},
        {"id": second["id"], "attributes": [a("tag", "Warm")], "user": me(bob)},
    ]
    done(await patch(bob, *changes, **query))
    assert (await shown(alice, first))["tags"] == ["Hot"]
    assert (await shown(alice, first))["first_name"] == "Anna"
    assert of(await shown(alice, second), "tag")[0]["created_by"] == me(bob)
    assert [(await shown(alice, each))["user_id"] for each in (first, second)] == [me(alice), me(bob)]
    assert await shown(alice, third) == third


async def test_a_contact_named_twice_gets_both(alice: Person) -> None:
    made = await new_contact(alice)
    done(await patch(alice, *({"id": made["id"], "attributes": [a("tag", tag)]} for tag in ("Hot", "Warm"))))
    assert (await shown(alice, made))["summary"]["tags"] == ["Hot", "Warm"]


async def test_none_is_fine(alice: Person) -> None:
    done(await patch(alice))


@pytest.mark.req("RC-061", "RC-066")
async def test_one_that_is_not_there_undoes_all(alice: Person, charlie: Person) -> None:
    made, other, theirs = await new_contact(alice), await new_contact(alice), await new_contact(charlie)
    good = {"id": made["id"], "attributes": [a("tag", "Hot")], "user": me(alice)}
    for uid in (NEVER, theirs["id"]):
        for sent in ([good, {"id": uid, "attributes": [a("tag", "Hot")]}], [{"id": uid}, good]):
            refusal_of(await patch(alice, *sent), 404)
    for uid in (made["attributes"][0]["id"], theirs["attributes"][0]["id"], NEVER):
        refusal_of(await patch(alice, good, {"id": other["id"], "attributes": [{"id": uid, "text": "x"}]}), 404)
    assert await everything(alice) == [made, other]
    assert await everything(charlie) == [theirs]


@pytest.mark.parametrize(
    ("contacts", "wrong"),
    [
        ({}, "contacts"),
        (None, "contacts"),
        (["x"], "contacts"),
        ([{}], "contacts"),
        ([{"id": 5}], "contacts"),
        ([{"id": "x"}], "contacts.0.id"),
        ([{"id": "ME"}, {"id": "x"}], "contacts.1.id"),
        ([{"id": "ME", "attributes": {}}], "contacts"),
        ([{"id": "ME", "attributes": [{}]}], "contacts.0.attributes.0"),
        ([{"id": "ME", "attributes": [{"id": "x"}]}], "contacts.0.attributes.id"),
        ([{"id": "ME", "user": "x"}], "user"),
        ([{"id": "ME", "user": NEVER}], "user"),
        ([{"id": NEVER}] * 1001, "contacts"),
    ],
)
async def test_wrong_changes_are_refused(alice: Person, contacts: Any, wrong: str) -> None:
    made = await new_contact(alice)
    for each in contacts or ():
        if isinstance(each, dict) and each.get("id") == "ME":
            each["id"] = made["id"]
    answer = await alice.rechat.patch("/contacts", json={"contacts": contacts})
    assert refusal_of(answer, 400).keys() == {wrong}
    assert await everything(alice) == [made]


async def test_a_wrong_flag_is_refused(alice: Person) -> None:
    made = await new_contact(alice)
    answer = await patch(alice, {"id": made["id"], "attributes": [a("note", "x")]}, get="1")
    assert refusal_of(answer, 400).keys() == {"get"}
    assert await everything(alice) == [made]
