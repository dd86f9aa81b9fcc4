from typing import Any

import pytest

from tests.dialects.rechat.records import (
    ALL,
    NEVER,
    a,
    create,
    everything,
    me,
    new_contact,
    new_contacts,
    of,
    shown,
)
from tests.dialects.rechat.wire import data_of, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

EMAIL_DEFINITION = "d5b21d60-d87a-4eec-ad11-7e50252f57d0"
TITLE_DEFINITION = "381dcbc9-5692-4c03-926e-6017ba87cb58"


@pytest.mark.req("RC-009", "RC-020", "RC-053", "RC-055")
async def test_contacts_are_answered_whole(alice: Person, bob: Person) -> None:
    sent = [
        {"user": me(alice), "attributes": [a("first_name", "Ann"), a("email", "ann@example.com")]},
        {"user": me(bob), "attributes": [a("phone_number", "+13125550100")]},
    ]
    made = rows_of(await create(alice, *sent), total=0)
    assert [each["user_id"] for each in made] == [me(alice), me(bob)]
    assert [[part["attribute_type"] for part in each["attributes"]] for each in made] == [
        ["first_name", "email"],
        ["phone_number"],
    ]
    assert {(each["created_for"], each["updated_for"]) for each in made} == {("direct_request",) * 2}
    assert await everything(bob) == made
    plain = rows_of(await create(alice, sent[0], associations=""), total=0)[0]
    assert "attributes" not in plain
    assert "summary" not in plain


@pytest.mark.req("RC-010")
@pytest.mark.parametrize("query", [{"get": "false"}, {"get": ""}, {}])
async def test_without_get_their_ids_are_answered(alice: Person, query: dict[str, str]) -> None:
    sent = [{"user": me(alice), "attributes": [a("first_name", name)]} for name in ("Ann", "Bo")]
    answer = await alice.rechat.post("/contacts", json={"contacts": sent}, params=query)
    ids = rows_of(answer, total=0)
    assert [contact["id"] for contact in await everything(alice)] == ids
    assert len(ids) == 2


@pytest.mark.req("RC-016")
async def test_an_attribute_is_named_by_its_definition_or_its_type(alice: Person) -> None:
    by_id = {"attribute_def": EMAIL_DEFINITION, "text": "a@example.com"}
    by_both = {**by_id, "attribute_type": "email", "text": "b@example.com"}
    by_whole = {"attribute_def": {"id": EMAIL_DEFINITION, "name": "email"}, "text": "c@example.com"}
    made = await new_contact(alice, by_id, by_both, by_whole, a("email", "d@example.com"))
    assert [part["text"] for part in of(made, "email")] == [f"{letter}@example.com" for letter in "abcd"]


@pytest.mark.req("RC-018", "RC-022", "RC-023")
async def test_an_attribute_begins_plain(alice: Person, bob: Person) -> None:
    sent = {"user": me(alice), "attributes": [a("note", "hello")]}
    [note] = rows_of(await create(bob, sent))[0]["attributes"]
    expected = {"label": None, "is_primary": False, "is_partner": False, "index": None, "attribute_type": "note"}
    assert {name: note[name] for name in expected} == expected
    assert (note["created_by"], note["updated_by"], note["deleted_at"]) == (me(bob), None, None)
    assert note["created_at"] == note["updated_at"]
    assert note["type"] == "contact_attribute"


@pytest.mark.req("RC-019")
async def test_the_value_stands_under_its_type(alice: Person) -> None:
    made = await new_contact(alice, a("note", "hello"), a("birthday", 950400), a("address", {"city": "Dallas"}))
    note, birthday, address = made["attributes"]
    assert (note["text"], note["date"], note["address"]) == ("hello", None, None)
    assert (birthday["text"], birthday["date"], birthday["address"]) == (None, 950400, None)
    assert (address["text"], address["date"]) == (None, None)
    assert address["address"]["city"] == "Dallas"
    assert {"number"} & (note.keys() | birthday.keys() | address.keys()) == set()
    assert {each["contact"] for each in made["attributes"]} == {made["id"]}


@pytest.mark.req("RC-024", "RC-025", "RC-026", "RC-027")
@pytest.mark.parametrize(
    ("sent", "kept", "day"),
    [
        (1000000, 950400, "1970-01-12"),
        (950400, 950400, "1970-01-12"),
        (950399.5, 864000, "1970-01-11"),
        (-1, -86400, "1969-12-31"),
        (-631152000, -631152000, "1950-01-01"),
        (0, 0, "1970-01-01"),
    ],
)
async def test_a_date_is_its_day(alice: Person, sent: float, kept: int, day: str) -> None:
    made = await new_contact(alice, a("birthday", sent))
    for contact in (made, await shown(alice, made)):
        assert of(contact, "birthday")[0]["date"] == kept
        assert contact["summary"]["birthday"] == kept
        assert contact["birthday"] == f"{day}T00:00:00.000Z"


@pytest.mark.req("RC-054")
async def test_address_book_ids_are_kept_and_may_be_shared(alice: Person) -> None:
    ids = {"ios_address_book_id": "6BFD5A9E", "android_address_book_id": "a/1"}
    for _ in range(2):
        made = await new_contact(alice, a("first_name", "Ann"), **ids)
        assert ids.items() <= (await shown(alice, made)).items()
    none = await new_contact(alice, a("first_name", "Bo"))
    assert (none["ios_address_book_id"], none["android_address_book_id"]) == (None, None)


@pytest.mark.req("RC-056", "RC-057", "RC-058")
async def test_single_values_are_shown(alice: Person) -> None:
    texts = {
        "source_type": "ExplicitlyCreated",
        "company": "ACME",
        "job_title": "Engineer",
        "profile_image_url": "http://example.com/p.jpg",
        "cover_image_url": "http://example.com/c.jpg",
        "source": "a friend",
        "title": "Dr.",
        "marketing_name": "Ann & Co",
        "middle_name": "B",
        "nickname": "Nan",
    }
    made = await new_contact(
        alice, *(a(name, text) for name, text in texts.items()), a("website", "http://example.com")
    )
    contact = await shown(alice, made)
    assert texts.items() <= contact.items()
    assert contact["website"] == ["http://example.com"]
    assert {name: contact["summary"][name] for name in texts} == texts


@pytest.mark.req("RC-015")
@pytest.mark.parametrize(("flag", "entries"), [("true", [True, True]), ("false", [None, None])])
async def test_activity_makes_their_coming_part_of_their_story(
    store: Store, alice: Person, flag: str, entries: list[bool | None]
) -> None:
    sent = {"user": me(alice), "attributes": [a("first_name", "Ann")]}
    rows_of(await create(alice, sent, sent, activity=flag))
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select (changes -> 'activity')::boolean as activity from events
            where team_id = $1 and kind = 'contact.created'""",
            alice.team.id,
        )
    assert [row["activity"] for row in rows] == entries


@pytest.mark.req("RC-011", "RC-012", "RC-013", "RC-017")
@pytest.mark.parametrize(
    ("contacts", "wrong"),
    [
        ({}, "contacts"),
        ("x", "contacts"),
        (None, "contacts"),
        ([], "contacts"),
        (["x"], "contacts"),
        ([{"attributes": [a("note", "x")]}], "contacts.0.user"),
        ([{"user": None, "attributes": []}], "contacts"),
        ([{"user": "x", "attributes": []}], "contacts.0.user"),
        ([{"user": NEVER, "attributes": []}], "user"),
        ([{"user": "ME"}], "contacts.0.attributes"),
        ([{"user": "ME", "attributes": {}}], "contacts"),
        ([{"user": "ME", "attributes": None}], "contacts"),
        ([{"user": "ME", "attributes": []}, {"user": "ME"}], "contacts.1.attributes"),
        ([{"user": "ME", "attributes": [{"text": "x"}]}], "contacts.0.attributes.0"),
        ([{"user": "ME", "attributes": [a("uncle", "x")]}], "contacts.0.attributes.0"),
        (
            [{"user": "ME", "attributes": [a("note", "x"), {"attribute_def": NEVER, "text": "x"}]}],
            "contacts.0.attributes.1",
        ),
        ([{"user": "ME", "attributes": [{"attribute_def": "x", "text": "x"}]}], "contacts.0.attributes.0"),
        ([{"user": "ME", "attributes": [a("note", "x", is_primary="yes")]}], "contacts"),
        ([{"user": "ME", "attributes": [a("note", "x", index=2**40)]}], "contacts"),
        ([{"user": "ME", "attributes": [a("note", "x", label="l" * 256)]}], "contacts"),
    ],
)
async def test_wrong_contacts_are_refused(alice: Person, contacts: Any, wrong: str) -> None:
    for each in contacts if isinstance(contacts, list) else ():
        if isinstance(each, dict) and each.get("user") == "ME":
            each = each.update(user=me(alice))
    good = {"user": me(alice), "attributes": [a("first_name", "Ann")]}
    tried = [contacts, [*contacts, good]] if isinstance(contacts, list) and contacts else [contacts]
    for sent in tried:
        answer = await alice.rechat.post("/contacts", json={"contacts": sent}, params={"relax": "false"})
        assert refusal_of(answer, 400).keys() == {wrong}
    refusal_of(await alice.rechat.post("/contacts", json={"contact": [good]}), 400)
    assert await everything(alice) == []


WRONG_VALUES = [
    a("first_name", ""),
    a("first_name", "  "),
    {"attribute_type": "first_name"},
    {"attribute_type": "first_name", "text": None},
    {"attribute_type": "first_name", "date": 1},
    {"attribute_type": "first_name", "number": 1},
    {"attribute_type": "first_name", "address": {"city": "Dallas"}},
    {"attribute_type": "first_name", "text": "Ann", "date": 1},
    {"attribute_type": "birthday", "text": "1970-01-01"},
    {"attribute_type": "birthday", "number": 1},
    {"attribute_type": "birthday", "date": 1e300},
    {"attribute_type": "address", "text": "12 Elm Street"},
    {"attribute_type": "address", "number": 1},
    {"attribute_type": "address", "address": {}},
    {"attribute_type": "address", "address": {"city": " ", "uncle": "x"}},
    a("email", "ann"),
    a("email", "ann@"),
    a("email", "an n@example.com"),
    a("title", "Prince"),
    a("tag", "t" * 256),
    a("note", "n" * 65_537),
]
UNREADABLE = [
    {"attribute_type": "first_name", "text": 5},
    {"attribute_type": "birthday", "date": "1970-01-01"},
    {"attribute_type": "address", "address": "12 Elm Street"},
    {"attribute_type": "note", "text": "x", "is_primary": 1},
    {"attribute_def": 5, "text": "x"},
    "note",
    None,
]


@pytest.mark.parametrize("wrong", WRONG_VALUES)
async def test_a_wrong_value_is_refused(alice: Person, wrong: Any) -> None:
    sent = {"user": me(alice), "attributes": [a("last_name", "Lee"), wrong]}
    assert refusal_of(await create(alice, sent), 400).keys() == {"contacts.0.attributes.1"}
    assert await everything(alice) == []


@pytest.mark.req("RC-014")
@pytest.mark.parametrize("wrong", [*WRONG_VALUES, *UNREADABLE])
async def test_relax_skips_what_is_wrong_and_keeps_the_rest(alice: Person, wrong: Any) -> None:
    sent = [{"user": me(alice), "attributes": [a("last_name", "Lee"), wrong, a("note", "x")]}, {}]
    [made] = rows_of(await create(alice, *sent, relax="true"), total=0)
    assert [(part["attribute_type"], part["text"]) for part in made["attributes"]] == [
        ("last_name", "Lee"),
        ("note", "x"),
    ]
    assert await everything(alice) == [made]


@pytest.mark.req("RC-014")
@pytest.mark.parametrize("user", [None, "x", NEVER, 5])
async def test_relaxed_contacts_without_a_known_owner_are_the_callers(alice: Person, user: Any) -> None:
    members = {} if user is None else {"user": user}
    [made] = rows_of(await create(alice, {**members, "attributes": [a("note", "x")]}, relax="true"))
    assert made["user_id"] == me(alice)


async def test_relax_still_needs_contacts(alice: Person) -> None:
    wrong: list[Any] = [{}, "x", None]
    for contacts in wrong:
        answer = await alice.rechat.post("/contacts", json={"contacts": contacts}, params={"relax": "true"})
        assert refusal_of(answer, 400).keys() == {"contacts"}


async def test_another_teams_member_is_nobody(alice: Person, charlie: Person) -> None:
    answer = await create(alice, {"user": me(charlie), "attributes": [a("first_name", "Ann")]})
    assert refusal_of(answer, 400).keys() == {"user"}
    assert await everything(alice) == []


@pytest.mark.parametrize("name", ["get", "relax", "activity"])
async def test_a_flag_is_true_or_false(alice: Person, name: str) -> None:
    sent = {"user": me(alice), "attributes": [a("first_name", "Ann")]}
    for wrong in ("1", "yes", "null", "truefalse"):
        assert refusal_of(await create(alice, sent, **{name: wrong}), 400).keys() == {name}
    assert await everything(alice) == []


async def test_a_key_to_read_may_not_create(store: Store, alice: Person) -> None:
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    sent = {"contacts": [{"user": me(alice), "attributes": [a("first_name", "Ann")]}]}
    refusal_of(await reader.post("/contacts", json=sent), 403)
    assert await everything(alice) == []


async def test_the_old_parts_of_an_address_make_one(alice: Person) -> None:
    """A-23."""
    parts = {"street_number": "12", "street_prefix": "N", "street_name": "Elm", "street_suffix": "St"}
    parts |= {"unit_number": "4", "city": "Dallas", "state": "TX", "postal_code": "75201", "country": "US"}
    sent = [a(name, text, label="Work", index=0) for name, text in parts.items()]
    made = await new_contact(alice, *sent, a("city", "Austin", label="Home", index=1))
    work, home = of(made, "address")
    assert work["address"]["full"] == "12 N Elm St 4, Dallas TX 75201"
    assert (work["label"], work["index"]) == ("Work", 0)
    assert (home["address"]["city"], home["label"], home["index"]) == ("Austin", "Home", 1)
    assert "line1" in home["address"]


async def test_old_names_stand_for_parts_of_an_address_too(alice: Person) -> None:
    """A-23."""
    old = {"street_number": "12", "street_name": "Elm", "street_suffix": "St", "postal_code": "75201"}
    made = await new_contact(alice, a("address", {**old, "city": "Dallas", "unit_number": None}))
    [home] = of(made, "address")
    assert home["address"]["full"] == "12 Elm St, Dallas 75201"
    path, query = f"/contacts/{made['id']}", {"associations": ALL}
    same = await alice.rechat.patch(path, json={"attributes": [home]}, params=query)
    assert data_of(same) == made


async def test_a_part_that_no_address_has_is_refused_by_name(alice: Person) -> None:
    wrong = {"city": "Dallas", "county": "Dallas", "zip": "75201"}
    sent = {"user": me(alice), "attributes": [a("first_name", "Ann"), a("address", wrong)]}
    refused = {"contacts.0.attributes.1": ["address has no part county, zip."]}
    assert refusal_of(await create(alice, sent), 400) == refused
    made = await new_contact(alice, a("address", {"city": "Dallas"}))
    path = f"/contacts/{made['id']}/attributes/{of(made, 'address')[0]['id']}"
    answer = await alice.rechat.put(path, json={"address": wrong})
    assert refusal_of(answer, 400) == {"address": ["address has no part county, zip."]}
    assert await everything(alice) == [made]


async def test_parts_of_one_index_sent_one_after_the_other_make_one_address(alice: Person) -> None:
    made = await new_contact(alice)
    path = f"/contacts/{made['id']}/attributes"
    sent = [("street_number", "12", 0), ("city", "Austin", 1), ("street_name", "Elm", 0), ("city", "Dallas", 0)]
    for name, text, index in [*sent, sent[0]]:
        rows_of(await alice.rechat.post(path, json={"attributes": [a(name, text, index=index)]}))
    both = {each["index"]: each["address"]["full"] for each in of(await shown(alice, made), "address")}
    assert both == {0: "12 Elm, Dallas", 1: "Austin"}
    work = [
        a("city", "Waco", index=0, label="Work"),
        a("city", "Paris", index=0, is_partner=True),
        a("city", "Rome"),
    ]
    for each in work:
        rows_of(await alice.rechat.post(path, json={"attributes": [each]}))
    assert len(of(await shown(alice, made), "address")) == 5


async def test_a_thousand_contacts_at_once(alice: Person) -> None:
    made = await new_contacts(alice, *([a("first_name", f"P{number}")] for number in range(1000)))
    answer = await alice.rechat.get("/contacts", params={"limit": 1000, "associations": ALL})
    assert rows_of(answer, total=1000) == made
