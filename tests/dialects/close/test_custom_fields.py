"""Custom fields: by id and by name, in leads, contacts and opportunities; attributes of the team elsewhere."""

import asyncio
from typing import Any

import pytest

from tests.dialects.close.records import new_contact, new_lead, new_opportunity
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

KINDS = ("lead", "contact", "opportunity")
kinds = pytest.mark.parametrize("kind", KINDS)
OLD_ID = "custom.cf_" + "v6S011I6MqcbVvB2FA5Nk8dr5MkL8sWuCiG8cUleO9c"


async def new_record(person: Person, kind: str, **members: Any) -> Any:
    lead = await new_lead(person, **(members if kind == "lead" else {}))
    if kind == "lead":
        return lead
    return await (new_contact if kind == "contact" else new_opportunity)(person, lead, **members)


async def ids_by_name(person: Person, kind: str = "lead") -> dict[str, str]:
    fields = data_of(await person.close.get(f"/custom_field/{kind}/"))
    return {field["name"]: f"custom.{field['id']}" for field in fields}


def custom_of(record: Any) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name.startswith("custom.")}


@kinds
async def test_a_field_is_made_when_it_is_first_written(alice: Person, bob: Person, kind: str) -> None:
    values = {"Industry": "Robots", "Employees": 1200, "Score": 0.5, "Markets": ["US", "EU"]}
    made = await new_record(alice, kind, **{f"custom.{name}": value for name, value in values.items()})
    assert made["custom"] == values
    ids = await ids_by_name(bob)
    assert ids.keys() == values.keys()
    assert custom_of(made) == {ids[name]: value for name, value in values.items()}
    path = f"/{kind}/{made['id']}/"
    for shown in (data_of(await bob.close.get(path)), *data_of(await bob.close.get(f"/{kind}/"))):
        assert shown == made
    again = await new_record(alice, kind, custom={"industry": "Steel"}, **{ids["Employees"]: 3})
    assert again["custom"] == {"Industry": "Steel", "Employees": 3}
    for each in KINDS:
        assert await ids_by_name(alice, each) == ids


@kinds
async def test_values_change_one_by_one(alice: Person, bob: Person, kind: str) -> None:
    made = await new_record(alice, kind, custom={"Industry": "Robots", "Markets": ["US", "EU"], "Age": 3})
    ids = await ids_by_name(alice)
    path = f"/{kind}/{made['id']}/"
    for sent, custom in (
        ({ids["Industry"]: "Steel"}, {"Industry": "Steel", "Markets": ["US", "EU"], "Age": 3}),
        ({"custom": {"Age": 4}}, {"Industry": "Steel", "Markets": ["US", "EU"], "Age": 4}),
        ({ids["Markets"]: ["EU", "US", "JP"]}, {"Industry": "Steel", "Markets": ["EU", "US", "JP"], "Age": 4}),
        ({ids["Markets"]: "US"}, {"Industry": "Steel", "Markets": ["US"], "Age": 4}),
        ({ids["Markets"]: [], "custom.Industry": ""}, {"Age": 4}),
        ({"custom.Age": None, "custom": None}, {}),
        ({"custom.Never": None}, {}),
    ):
        changed = data_of(await bob.close.put(path, json=sent))
        assert changed["custom"] == custom
        assert custom_of(changed) == {ids[name]: value for name, value in custom.items()}
        assert data_of(await alice.close.get(path)) == changed
    assert await ids_by_name(alice) == ids


@kinds
async def test_a_whole_record_sent_back_changes_nothing(alice: Person, bob: Person, kind: str) -> None:
    made = await new_record(alice, kind, custom={"Industry": "Robots", "Markets": ["US"], "Age": 3})
    path = f"/{kind}/{made['id']}/"
    assert data_of(await bob.close.put(path, json=made)) == made
    ids = await ids_by_name(alice)
    for sent in ({**made, ids["Age"]: 5}, {**made, "custom": {**made["custom"], "Age": 5}}):
        await bob.close.put(path, json=made)
        assert data_of(await bob.close.put(path, json=sent))["custom"] == {**made["custom"], "Age": 5}


@kinds
async def test_an_id_from_elsewhere_is_kept(alice: Person, kind: str) -> None:
    made = await new_record(alice, kind, **{OLD_ID: "Robots"})
    assert custom_of(made) == {OLD_ID: "Robots"}
    assert list((await ids_by_name(alice)).values()) == [OLD_ID]
    changed = data_of(await alice.close.put(f"/{kind}/{made['id']}/", json={OLD_ID: "Steel"}))
    assert custom_of(changed) == {OLD_ID: "Steel"}


@kinds
async def test_only_the_wanted_ones_come_back(alice: Person, kind: str) -> None:
    made = await new_record(alice, kind, custom={"Industry": "Robots", "Age": 3})
    ids = await ids_by_name(alice)
    path = f"/{kind}/{made['id']}/"
    shown = data_of(await alice.close.get(path, params={"_fields": f"id,{ids['Age']}"}))
    assert shown == {"id": made["id"], ids["Age"]: 3}
    shown = data_of(await alice.close.get(path, params={"_fields": "custom"}))
    assert shown == {"custom": made["custom"], **custom_of(made)}


@kinds
async def test_a_team_has_its_own(alice: Person, charlie: Person, kind: str) -> None:
    made = await new_record(alice, kind, custom={"Industry": "Robots"})
    [key] = custom_of(made)
    assert await ids_by_name(charlie) == {}
    theirs = await new_record(charlie, kind, custom={"Industry": "Steel"})
    assert key not in theirs
    assert len(await ids_by_name(alice)) == len(await ids_by_name(charlie)) == 1


async def test_a_contact_has_them_as_attributes(alice: Person) -> None:
    """The 29 attributes that everyone has stay as they are: a field called like one is another."""
    before = (await alice.rechat.get("/contacts/attribute_defs")).json()["data"]
    made = await new_record(alice, "contact", custom={"Industry": "Robots", "Source": "Fair", "Age": 3})
    own = [
        each for each in (await alice.rechat.get("/contacts/attribute_defs")).json()["data"] if not each["global"]
    ]
    assert (len(own), len(before)) == (3, 29)
    named = {each["name"]: (each["label"], each["data_type"]) for each in own}
    assert named == {
        "Industry": ("Industry", "text"),
        "custom.Source": ("Source", "text"),
        "Age": ("Age", "number"),
    }
    path = "/contacts"
    [contact] = (await alice.rechat.get(path, params={"associations[]": "contact.attributes"})).json()["data"]
    held = {each["attribute_type"]: each for each in contact["attributes"]}
    assert held["Industry"]["text"] == "Robots"
    assert (held["custom.Source"]["text"], "source" in held) == ("Fair", False)
    body = {"attributes": [{"id": held["Industry"]["id"], "text": "Steel"}]}
    answer = await alice.rechat.patch(f"/contacts/{contact['id']}", json=body)
    assert answer.status_code == 200, answer.text
    shown = data_of(await alice.close.get(f"/contact/{made['id']}/"))
    assert shown["custom"] == {"Industry": "Steel", "Source": "Fair", "Age": 3}


async def test_contacts_of_a_new_lead_have_them_too(alice: Person) -> None:
    people = [{"name": "Sarah", "custom.Role": "Buyer"}, {"name": "Kate"}]
    made = await new_lead(alice, contacts=people, custom={"Industry": "Robots"})
    assert [each["custom"] for each in made["contacts"]] == [{"Role": "Buyer"}, {}]
    assert made["custom"] == {"Industry": "Robots"}


WRONG = [
    ({"custom": ["x"]}, "custom"),
    ({"custom.Industry": {"a": 1}}, "custom.Industry"),
    ({"custom.Industry": True}, "custom.Industry"),
    ({"custom.Industry": ["Steel"]}, "custom.Industry"),
    ({"custom.Industry": 5}, "custom.Industry"),
    ({"custom.Industry": "x" * 65_537}, "custom.Industry"),
    ({"custom.Age": "3"}, "custom.Age"),
    ({"custom": {"Age": "3"}}, "custom.Age"),
    ({"custom.New": [True]}, "custom.New"),
    ({"custom.New": [[1]]}, "custom.New"),
    ({"custom.New": ["a", 1]}, "custom.New"),
    ({"custom.New": ["a"] * 101}, "custom.New"),
    ({"custom. ": "a"}, "custom. "),
    ({"custom." + "x" * 256: "a"}, "custom." + "x" * 256),
    ({"custom": {str(n): n for n in range(401)}}, "custom"),
]


@kinds
@pytest.mark.parametrize(("sent", "wrong"), WRONG)
async def test_what_is_wrong_is_refused_by_name(
    alice: Person, kind: str, sent: dict[str, Any], wrong: str
) -> None:
    made = await new_record(alice, kind, custom={"Industry": "Robots", "Age": 3})
    path = f"/{kind}/{made['id']}/"
    assert refusal_of(await alice.close.put(path, json=sent), 400).keys() == {wrong}
    lead = {} if kind == "lead" else {"lead_id": (await new_lead(alice, "Resistance"))["id"]}
    answer = await alice.close.post(f"/{kind}/", json={"name": "X", **lead, **sent})
    assert refusal_of(answer, 400).keys() == {wrong}
    assert data_of(await alice.close.get(path)) == made
    assert (await ids_by_name(alice)).keys() == {"Industry", "Age"}


async def test_what_a_lead_cannot_keep_is_refused_by_the_name_it_came_by(alice: Person) -> None:
    made = await new_lead(alice, custom={"Industry": "Robots"})
    texts = {f"custom.Text {n}": "x" * 65_000 for n in range(10)}
    for answer in (
        await alice.close.put(f"/lead/{made['id']}/", json=texts),
        await alice.close.post("/lead/", json={"name": "Resistance", **texts}),
    ):
        assert refusal_of(answer, 400).keys() == texts.keys()
    assert data_of(await alice.close.get("/lead/")) == [made]


@kinds
async def test_two_who_write_a_field_first_make_it_once(alice: Person, bob: Person, kind: str) -> None:
    made = [await new_record(alice, kind), await new_record(alice, kind)]
    answers = await asyncio.gather(
        *(
            person.close.put(f"/{kind}/{record['id']}/", json={"custom.Industry": person.name})
            for person, record in zip((alice, bob), made, strict=True)
        )
    )
    assert [data_of(answer)["custom"] for answer in answers] == [{"Industry": "Alice"}, {"Industry": "Bob"}]
    assert (await ids_by_name(alice)).keys() == {"Industry"}


async def test_a_field_that_is_deleted_takes_its_values_along(alice: Person) -> None:
    made = {kind: await new_record(alice, kind, custom={"Industry": "Robots", "Age": 3}) for kind in KINDS}
    [definition] = [
        each
        for each in (await alice.rechat.get("/contacts/attribute_defs")).json()["data"]
        if each["name"] == "Industry"
    ]
    answer = await alice.rechat.delete(f"/contacts/attribute_defs/{definition['id']}")
    assert answer.status_code < 300
    for kind, record in made.items():
        shown = data_of(await alice.close.get(f"/{kind}/{record['id']}/"))
        assert shown["custom"] == {"Age": 3}
        assert custom_of(shown).keys() == {(await ids_by_name(alice))["Age"]}


async def test_an_opportunity_takes_them_as_custom_fields_too(alice: Person) -> None:
    made = await new_record(alice, "opportunity", custom_fields={"Industry": "Robots"})
    assert made["custom"] == {"Industry": "Robots"}
    changed = data_of(
        await alice.close.put(f"/opportunity/{made['id']}/", json={"custom_fields": {"industry": None}})
    )
    assert changed["custom"] == {}
