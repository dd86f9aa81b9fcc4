from typing import Any

import pytest

from tests.dialects.rechat.records import (
    ALL,
    NEVER,
    NO_UIDS,
    a,
    create,
    everything,
    me,
    new_contact,
    new_definition,
    shown,
)
from tests.dialects.rechat.wire import data_of, done, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

PATH = "/contacts/attribute_defs"
KEYS = {
    "id", "created_at", "updated_at", "deleted_at", "created_by", "updated_by", "name", "data_type", "label",
    "section", "required", "global", "singular", "show", "filterable", "editable", "searchable", "has_label",
    "labels", "enum_values", "user", "brand", "type",
}  # fmt: skip
# Printed in the requirements; of the others the names.
IDS = {
    "address": "62b97305-0362-4ca7-94c1-53578165f661",
    "birthday": "fec55617-ade5-4a11-b416-05f282e28617",
    "email": "d5b21d60-d87a-4eec-ad11-7e50252f57d0",
    "first_name": "36fd9fd2-b672-41c0-966f-2c7673421a4e",
    "phone_number": "7c6b51bc-ee90-4f34-972f-d85f7d7c7f44",
    "tag": "5b3c994e-7569-4df8-b8db-f37421a684f7",
    "title": "381dcbc9-5692-4c03-926e-6017ba87cb58",
}
NAMES = {
    "business_card_url", "facebook", "instagram", "linkedin", "home_anniversary", "child_birthday",
    "work_anniversary", "wedding_anniversary", "marketing_name", "middle_name", "last_name", "nickname",
    "company", "job_title", "website", "profile_image_url", "cover_image_url", "note", "source_type",
    "source_id", "last_modified_on_source", "source",
}  # fmt: skip
SINGULAR_NOT = {"address", "child_birthday", "phone_number", "tag", "note", "email"}
HIDDEN = {"business_card_url", "tag", "source_id", "last_modified_on_source"}
FIXED = {"source_type", "source_id", "last_modified_on_source"}
SEARCHABLE = {
    "facebook", "instagram", "linkedin", "marketing_name", "middle_name", "last_name", "nickname", "company",
    "job_title", "website", "phone_number", "tag", "note", "source", "email", "first_name",
}  # fmt: skip


async def listed(person: Person) -> list[Any]:
    return rows_of(await person.rechat.get(PATH), total=0)


@pytest.mark.req("RC-158", "RC-159")
async def test_lists_the_29_that_everybody_has(alice: Person, charlie: Person) -> None:
    found = await listed(alice)
    assert found == await listed(charlie)
    assert [each["created_at"] for each in found] == sorted((each["created_at"] for each in found), reverse=True)
    assert found[0]["name"] == "address"
    assert len(found) == 29
    by_name = {each["name"]: each for each in found}
    assert by_name.keys() == IDS.keys() | NAMES
    assert {name: by_name[name]["id"] for name in IDS} == IDS
    for each in found:
        assert each.keys() == KEYS
        assert (each["required"], each["global"], each["filterable"]) == (False, True, True)
        assert (each["user"], each["brand"], each["created_by"], each["updated_by"]) == (None,) * 4
        assert (each["deleted_at"], each["type"]) == (None, "contact_attribute_def")
    assert {name for name, each in by_name.items() if not each["singular"]} == SINGULAR_NOT
    assert {name for name, each in by_name.items() if not each["show"]} == HIDDEN
    assert {name for name, each in by_name.items() if not each["editable"]} == FIXED
    assert {name for name, each in by_name.items() if each["searchable"]} == SEARCHABLE


@pytest.mark.req("RC-160")
async def test_labels_and_values(alice: Person) -> None:
    by_name = {each["name"]: each for each in await listed(alice)}
    titles = "Mr.|Mr. & Mrs.|Mrs.|Miss|Dr.|Dr. & Mrs.|Rev.|Rev. & Mrs.|Hon.|Hon. & Mrs.|Sir|Sir & Mrs."
    assert by_name["title"]["enum_values"] == titles.split("|")
    assert by_name["phone_number"]["labels"] == ["Home", "Mobile", "Work", "Fax", "WhatsApp", "Other"]
    assert by_name["email"]["labels"] == ["Personal", "Work", "Other"]
    assert by_name["address"]["labels"] == ["Home", "Work", "Investment Property", "Other"]
    rest = [each for name, each in by_name.items() if name not in ("title", "phone_number", "email", "address")]
    assert {(len(each["labels"]), each["enum_values"]) for each in rest} == {(0, None)}


@pytest.mark.req("RC-159", "RC-161")
async def test_a_team_defines_its_own(alice: Person, bob: Person) -> None:
    sent = {
        "name": "favorite_drinks",
        "data_type": "text",
        "label": "Favorite Drinks",
        "section": "Detials",
        "required": False,
        "singular": False,
        "searchable": True,
        "has_label": False,
        "enum_values": ["Coffee", "Tea"],
    }
    made = data_of(await alice.rechat.post(PATH, json=sent))
    assert made.keys() == KEYS
    assert sent.items() <= made.items()
    assert (made["global"], made["show"], made["filterable"], made["editable"]) == (False, True, True, True)
    assert (made["labels"], made["user"], made["brand"]) == ([], None, str(alice.team.uid))
    assert (made["created_by"], made["updated_by"], made["deleted_at"]) == (me(alice), None, None)
    second = await new_definition(bob, "shoe_size", data_type="number", labels=["EU"], show=False, editable=False)
    assert (second["label"], second["section"], second["created_by"]) == ("shoe_size", "", me(bob))
    assert (second["labels"], second["show"], second["editable"]) == (["EU"], False, False)
    assert (await listed(alice))[:2] == [second, made]
    assert len(await listed(bob)) == 31


@pytest.mark.req("RC-162")
@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"data_type": "string"}, "data_type"),
        ({"data_type": "Text"}, "data_type"),
        ({"data_type": "text\n"}, "data_type"),
        ({"data_type": ""}, "data_type"),
        ({"data_type": None}, "data_type"),
        ({"data_type": 5}, "data_type"),
        ({"name": ""}, "name"),
        ({"name": " "}, "name"),
        ({"name": None}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"label": ""}, "label"),
        ({"required": "yes"}, "required"),
        ({"enum_values": "Tea"}, "enum_values"),
        ({"enum_values": [5]}, "enum_values"),
        ({"labels": {}}, "labels"),
        ({"singular": None}, "singular"),
    ],
)
async def test_a_wrong_definition_is_refused(alice: Person, sent: Any, wrong: str) -> None:
    body = {"name": "drink", "data_type": "text", **sent}
    assert refusal_of(await alice.rechat.post(PATH, json=body), 400).keys() == {wrong}
    assert len(await listed(alice)) == 29


async def test_a_type_and_a_name_or_a_label_are_required(alice: Person) -> None:
    assert refusal_of(await alice.rechat.post(PATH, json={}), 400).keys() == {"data_type"}
    assert refusal_of(await alice.rechat.post(PATH, json={"data_type": "text"}), 400).keys() == {"name"}


async def test_without_a_name_it_gets_one_of_its_label(alice: Person) -> None:
    labels = ["Favorite Drink!", "favorite drink", "Favorite  drink", "First name", "Größe", "?", "?"]
    made = [await new_definition(alice, None, label=label) for label in labels]
    assert [each["label"] for each in made] == labels
    assert [each["name"] for each in made] == [
        "favorite_drink", "favorite_drink_2", "favorite_drink_3", "first_name_2", "grösse", "attribute",
        "attribute_2",
    ]  # fmt: skip


async def test_a_name_is_used_once(alice: Person, charlie: Person) -> None:
    made = await new_definition(alice, "drink")
    for name in ("drink", "first_name"):
        refusal_of(await alice.rechat.post(PATH, json={"name": name, "data_type": "date"}), 409)
    await new_definition(charlie, "drink")
    assert len(await listed(alice)) == 30
    done(await alice.rechat.delete(f"{PATH}/{made['id']}"))
    assert (await new_definition(alice, "drink"))["id"] != made["id"]


@pytest.mark.req("RC-163")
async def test_it_is_used_by_id_or_name(alice: Person, bob: Person) -> None:
    drink = await new_definition(alice, "drink")
    by_id = {"attribute_def": drink["id"], "text": "Tea"}
    made = await new_contact(bob, by_id, a("drink", "Coffee"))
    assert [(each["attribute_type"], each["text"]) for each in made["attributes"]] == [
        ("drink", "Tea"),
        ("drink", "Coffee"),
    ]
    with_definition = await shown(bob, made, f"{ALL},contact_attribute.attribute_def")
    assert [each["attribute_def"] for each in with_definition["attributes"]] == [drink, drink]


async def test_a_definition_named_like_an_old_part_of_an_address_is_itself(alice: Person) -> None:
    city = await new_definition(alice, "city")
    made = await new_contact(alice, {"attribute_def": city["id"], "attribute_type": "city", "text": "Dallas"})
    now = await new_contact(alice, a("city", "Dallas"))
    assert [each["attributes"][0]["text"] for each in (made, now)] == ["Dallas", "Dallas"]


@pytest.mark.req("RC-163")
async def test_a_singular_one_holds_one_value(alice: Person) -> None:
    await new_definition(alice, "drink", singular=True)
    made = await new_contact(alice, a("drink", "Tea"), a("drink", "Coffee"))
    assert [each["text"] for each in made["attributes"]] == ["Coffee"]


@pytest.mark.req("RC-176")
async def test_numbers_have_a_number(alice: Person) -> None:
    await new_definition(alice, "size", data_type="number")
    numbers = [0, 42, -7.5, 0.1, 1e29]
    made = await new_contact(alice, *({"attribute_type": "size", "number": number} for number in numbers))
    for contact in (made, await shown(alice, made)):
        assert [each["number"] for each in contact["attributes"]] == numbers
        assert {(each["text"], each["date"], each["address"]) for each in contact["attributes"]} == {(None,) * 3}
    path = f"/contacts/{made['id']}/attributes/{made['attributes'][0]['id']}"
    assert data_of(await alice.rechat.put(path, json={"number": 5}))["number"] == 5
    for wrong in ({"text": "5"}, {"date": 5}, {"address": {"city": "5"}}, {"number": 1e30}):
        assert refusal_of(await alice.rechat.put(path, json=wrong), 400).keys() == {"size"}
        sent = {"user": me(alice), "attributes": [{"attribute_type": "size", **wrong}]}
        assert refusal_of(await create(alice, sent), 400).keys() == {"contacts.0.attributes.0"}
    assert refusal_of(await alice.rechat.put(path, json={"number": "5"}), 400).keys() == {"number"}
    assert len(await everything(alice)) == 1


@pytest.mark.req("RC-176")
@pytest.mark.parametrize(("data_type", "value"), [("text", "x"), ("date", 0), ("address", {"city": "Dallas"})])
async def test_what_is_no_number_refuses_one(alice: Person, data_type: str, value: Any) -> None:
    await new_definition(alice, "thing", data_type=data_type)
    made = await new_contact(alice, a("thing", value))
    assert "number" not in made["attributes"][0]
    sent = {"user": me(alice), "attributes": [{"attribute_type": "thing", "number": 5}]}
    assert refusal_of(await create(alice, sent), 400).keys() == {"contacts.0.attributes.0"}
    path = f"/contacts/{made['id']}/attributes/{made['attributes'][0]['id']}"
    assert refusal_of(await alice.rechat.put(path, json={"number": 5}), 400).keys() == {"thing"}
    assert await everything(alice) == [made]


@pytest.mark.req("RC-178")
async def test_an_enumeration_refuses_what_it_does_not_have(alice: Person) -> None:
    await new_definition(alice, "drink", enum_values=["Tea", "Coffee"])
    made = await new_contact(alice, a("drink", "Tea"))
    path = f"/contacts/{made['id']}/attributes"
    for wrong in ("tea", "Juice", "Tea ", "Tea, Coffee"):
        sent = {"attributes": [a("drink", wrong)]}
        assert refusal_of(await alice.rechat.post(path, json=sent), 400).keys() == {"attributes.0"}
        answer = await alice.rechat.put(f"{path}/{made['attributes'][0]['id']}", json={"text": wrong})
        assert refusal_of(answer, 400).keys() == {"drink"}
    assert await everything(alice) == [made]
    assert data_of(await alice.rechat.put(f"{path}/{made['attributes'][0]['id']}", json={"text": "Coffee"}))


@pytest.mark.req("RC-177")
async def test_a_required_one_must_be_there(alice: Person) -> None:
    before = await new_contact(alice)
    await new_definition(alice, "drink", required=True, label="Drink")
    sent = {"user": me(alice), "attributes": [a("note", "x")]}
    assert refusal_of(await create(alice, sent), 400) == {"drink": ["Drink is required."]}
    assert rows_of(await create(alice, sent, relax="true")) == []
    made = await new_contact(alice, a("drink", "Tea"), a("drink", "Coffee"))
    tea, coffee = made["attributes"]
    path = f"/contacts/{made['id']}/attributes"
    assert data_of(await alice.rechat.delete(f"{path}/{tea['id']}"))["id"] == made["id"]
    now = await everything(alice)
    assert refusal_of(await alice.rechat.delete(f"{path}/{coffee['id']}"), 400).keys() == {"drink"}
    answer = await alice.rechat.request("DELETE", "/contacts/attributes", json={"ids": [coffee["id"]]})
    assert refusal_of(answer, 400).keys() == {"drink"}
    assert await everything(alice) == now
    other = {"attributes": [a("note", "x")]}
    for each in (before, made):
        assert data_of(await alice.rechat.patch(f"/contacts/{each['id']}", json=other))["id"] == each["id"]


@pytest.mark.req("RC-164", "RC-177")
@pytest.mark.parametrize("required", [False, True])
async def test_a_deleted_one_takes_its_values_along(alice: Person, bob: Person, required: bool) -> None:
    drink = await new_definition(alice, "drink", required=required, searchable=True)
    made = await new_contact(alice, a("first_name", "Ann"), a("drink", "Tea"), a("drink", "Coffee"))
    done(await bob.rechat.delete(f"{PATH}/{drink['id']}"))
    assert len(await listed(alice)) == 29
    assert (await shown(alice, made))["attributes"] == made["attributes"][:1]
    refusal_of(await bob.rechat.delete(f"{PATH}/{drink['id']}"), 404)
    sent = {"user": me(alice), "attributes": [a("drink", "Tea")]}
    assert refusal_of(await create(alice, sent), 400).keys() == {"contacts.0.attributes.0"}
    await new_contact(alice, a("note", "x"))


@pytest.mark.req("RC-165")
async def test_a_global_one_cannot_be_deleted(alice: Person) -> None:
    for each in await listed(alice):
        refusal_of(await alice.rechat.delete(f"{PATH}/{each['id']}"), 403)
    assert len(await listed(alice)) == 29


@pytest.mark.req("RC-166")
async def test_another_team_does_not_have_it(alice: Person, charlie: Person) -> None:
    drink = await new_definition(alice, "drink", required=True)
    made = await new_contact(alice, a("drink", "Tea"))
    assert len(await listed(charlie)) == 29
    for named in ({"attribute_def": drink["id"]}, {"attribute_type": "drink"}):
        sent = {"user": me(charlie), "attributes": [{**named, "text": "Tea"}]}
        assert refusal_of(await create(charlie, sent), 400).keys() == {"contacts.0.attributes.0"}
    refusal_of(await charlie.rechat.delete(f"{PATH}/{drink['id']}"), 404)
    await new_contact(charlie)
    assert await everything(alice) == [made]
    assert (await listed(alice))[0] == drink


async def test_one_that_is_not_there(alice: Person) -> None:
    refusal_of(await alice.rechat.delete(f"{PATH}/{NEVER}"), 404)
    for text in NO_UIDS:
        assert refusal_of(await alice.rechat.delete(f"{PATH}/{text}"), 400).keys() == {"id"}


async def test_its_path_is_no_contacts(alice: Person) -> None:
    assert len(rows_of(await alice.rechat.get(f"{PATH}/"))) == 29


async def test_a_key_to_read_may_not_define(store: Store, alice: Person) -> None:
    drink = await new_definition(alice, "drink")
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post(PATH, json={"name": "size", "data_type": "number"}), 403)
    refusal_of(await reader.delete(f"{PATH}/{drink['id']}"), 403)
    assert len(rows_of(await reader.get(PATH))) == 30
