from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.dialects.rechat.records import NEVER, a, me, new_contact, new_contacts, new_definition
from tests.dialects.rechat.wire import ids_of, refusal_of, rows_of
from tests.factories import task_of
from tests.people import Person
from touchbook.core.contacts.queries import find_contact_by_uid
from touchbook.core.identity import uid_from_prefixed
from touchbook.core.tasks.deleting import delete_task
from touchbook.store.postgres import Store


async def ask(person: Person, *requested: Any, key: str = "filter", **query: Any) -> httpx.Response:
    body = {key: list(requested)} if requested else None
    return await person.rechat.post("/contacts/filter", params={"limit": 100, **query}, json=body)


async def found(person: Person, *requested: Any, **query: Any) -> list[str]:
    return ids_of(await ask(person, *requested, **query))


def tag(text: str, **more: Any) -> dict[str, Any]:
    return {"attribute_type": "tag", "value": text, **more}


async def tagged(person: Person, *tags: str, **more: str) -> str:
    names = [a(kind, text) for kind, text in more.items()]
    uid: str = (await new_contact(person, *(a("tag", text) for text in tags), *names))["id"]
    return uid


@pytest.mark.req("RC-072")
@pytest.mark.req("RC-087")
@pytest.mark.req("RC-089")
async def test_without_a_body_all_are_found_by_id(alice: Person, charlie: Person) -> None:
    made = [contact["id"] for contact in await new_contacts(alice, *[[a("first_name", "Ann")]] * 12)]
    await new_contact(charlie)
    page = await alice.rechat.post("/contacts/filter")
    assert ids_of(page, total=12) == sorted(made)[:10]
    assert ids_of(await alice.rechat.post("/contacts/filter", params={"start": 10}), total=12) == sorted(made)[10:]
    assert ids_of(await ask(alice, order="-created_at", limit=1), total=12) == [made[-1]]


@pytest.mark.req("RC-073")
@pytest.mark.parametrize(
    "q",
    [
        "sarah.connor@example.com", "SARAH.CONNOR@", "connor@ex", "sarah", "Connor Sarah", "conn sar", "éva",
        "eva",
        "(312) 555-0100", "+1 312 555 0100", "3125550100", "0100", "sarah 555-0100", "cyberdyne", "hunts robots",
    ],
)  # fmt: skip
async def test_a_search_finds_each_word_anywhere(alice: Person, q: str) -> None:
    sarah = await new_contact(
        alice,
        a("first_name", "Sarah"),
        a("middle_name", "Éva"),
        a("last_name", "Connor"),
        a("email", "Sarah.Connor@example.com"),
        a("phone_number", "(312) 555-0100"),
        a("company", "Cyberdyne"),
        a("note", "Hunts old robots\nat night"),
    )
    await new_contact(alice, a("first_name", "Kyle"), a("last_name", "Reese"), a("phone_number", "(312) 555-0199"))
    assert await found(alice, q=q) == [sarah["id"]]
    assert ids_of(await alice.rechat.get("/contacts", params={"q": q})) == [sarah["id"]]


async def test_every_word_must_be_there(alice: Person) -> None:
    await new_contact(alice, a("first_name", "Sarah"), a("last_name", "Connor"))
    for q in ("sarah reese", "sarah%", "_", "sarah 555", "\\"):
        assert await found(alice, q=q) == []
    assert ids_of(await alice.rechat.get("/contacts", params=[("q", "sarah"), ("q", "reese")])) == []


@pytest.mark.req("RC-074")
async def test_what_is_not_searchable_is_not_searched(alice: Person) -> None:
    await new_definition(alice, "secret", searchable=False)
    open_one = await new_definition(alice, "hobby", searchable=True)
    contact = await new_contact(
        alice,
        a("title", "Dr."),
        a("birthday", 1_000_000),
        a("source_type", "SharesRoom"),
        a("secret", "unicorns"),
        {"attribute_def": open_one["id"], "text": "sailing"},
    )
    for q in ("Dr.", "1970", "SharesRoom", "unicorns"):
        assert await found(alice, q=q) == []
    assert await found(alice, q="sailing") == [contact["id"]]


@pytest.mark.parametrize("q", ["sarha", "sara connor", "conor", "connorr", "cannor", "sarah conner"])
async def test_a_word_with_one_edit_is_understood(alice: Person, charlie: Person, q: str) -> None:
    sarah = await new_contact(alice, a("first_name", "Sarah"), a("last_name", "Connor"))
    await new_contact(alice, a("first_name", "Kyle"), a("last_name", "Reese"))
    await new_contact(charlie, a("first_name", "Sarah"), a("last_name", "Connor"))
    assert ids_of(await ask(alice, q=q), total=1) == [sarah["id"]]


async def test_who_is_gone_is_found_and_counted_no_more(alice: Person) -> None:
    deleted, of_lead, stays = await new_contacts(alice, *[[a("first_name", "Sarah"), a("tag", "Robots")]] * 3)
    await alice.rechat.delete(f"/contacts/{deleted['id']}")
    [lead] = [
        lead["id"]
        for lead in (await alice.close.get("/lead/")).json()["data"]
        if lead["contacts"] and _uid(lead) == of_lead["id"]
    ]
    await alice.close.delete(f"/lead/{lead}/")
    for q in ("sarah", "sarha", "robots"):
        assert ids_of(await alice.rechat.get("/contacts", params={"q": q}), total=1) == [stays["id"]]


def _uid(lead: Any) -> str:
    uid = uid_from_prefixed("cont", lead["contacts"][0]["id"])
    return str(uid)


async def test_a_renamed_tag_may_be_misspelled(alice: Person) -> None:
    contact = await new_contact(alice, a("tag", "foo"))
    await alice.rechat.patch("/contacts/tags/foo", json={"tag": "Investor"})
    assert await found(alice, q="inverstor") == [contact["id"]]


async def test_an_edit_is_allowed_for_only_where_nothing_else_is_found(alice: Person) -> None:
    connor = await new_contact(alice, a("last_name", "Connor"))
    assert await found(alice, q="connr") == [connor["id"]]
    exact = await new_contact(alice, a("last_name", "Connr"))
    assert await found(alice, q="connr") == [exact["id"]]
    assert await found(alice, q="connr", excludes=exact["id"]) == []
    for q in ("conxxr", "con", "zzzz", "sarah connor"):
        assert await found(alice, q=q) == [] or q == "con"


async def test_the_nearest_comes_first(alice: Person) -> None:
    both, one = await new_contacts(
        alice,
        [a("first_name", "Sarrah"), a("last_name", "Conor")],
        [a("first_name", "Sarah"), a("last_name", "Conor")],
    )
    assert await found(alice, q="sarah connor") == [one["id"], both["id"]]
    assert await found(alice, q="sarah connor", order="created_at") == [both["id"], one["id"]]


@pytest.mark.req("RC-075")
async def test_alphabet_is_how_the_sort_field_begins(alice: Person) -> None:
    upper, lower, _ = await new_contacts(
        alice,
        [a("first_name", "Zoe"), a("last_name", "Adams")],
        [a("nickname", "alf")],
        [a("first_name", "Ann"), a("last_name", "Baker")],
    )
    for letter in ("a", "A"):
        assert await found(alice, alphabet=letter) == sorted([upper["id"], lower["id"]])
    assert await found(alice, alphabet="%") == []


@pytest.mark.req("RC-076")
@pytest.mark.req("RC-079")
async def test_owners_authors_and_editors(alice: Person, bob: Person, charlie: Person) -> None:
    alices, bobs = await new_contact(alice), await new_contact(bob)
    await alice.rechat.patch(f"/contacts/{bobs['id']}", json={"attributes": [a("nickname", "Bo")]})
    for name in ("users", "created_by"):
        assert await found(alice, **{name: me(bob)}) == [bobs["id"]]
        assert await found(alice, **{name: f"{me(alice)},{me(bob)}"}) == sorted([alices["id"], bobs["id"]])
        assert await found(alice, **{name: me(charlie)}) == await found(alice, **{name: NEVER}) == []
    assert await found(alice, updated_by=me(alice)) == [bobs["id"]]
    assert await found(alice, updated_by=me(bob)) == []


@pytest.mark.req("RC-077")
async def test_contacts_of_a_task(store: Store, alice: Person, charlie: Person) -> None:
    contact, _ = await new_contact(alice), await new_contact(alice)
    async with store.reading() as reader:
        held = await find_contact_by_uid(reader, alice.caller, UUID(contact["id"]))
    task = await task_of(store, alice, contact_id=held.id)
    other = await task_of(store, alice)
    assert await found(alice, crm_task=str(task.uid)) == [contact["id"]]
    assert await found(alice, crm_task=f"{other.uid},{task.uid}") == [contact["id"]]
    assert await found(alice, crm_task=str(other.uid)) == await found(alice, crm_task=NEVER) == []
    assert await found(charlie, crm_task=str(task.uid)) == []
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    assert await found(alice, crm_task=str(task.uid)) == []


@pytest.mark.req("RC-078")
async def test_ids_and_excludes(alice: Person, charlie: Person) -> None:
    one, two, three = sorted(contact["id"] for contact in await new_contacts(alice, *[[a("first_name", "A")]] * 3))
    foreign = (await new_contact(charlie))["id"]
    assert await found(alice, ids=f"{two},{one},{foreign}") == [one, two]
    assert await found(alice, **{"ids[]": [one, three]}) == [one, three]
    assert await found(alice, excludes=two) == [one, three]
    assert await found(alice, ids=f"{one},{two}", excludes=one) == [two]


@pytest.mark.req("RC-080")
async def test_times_are_counted_in(alice: Person) -> None:
    first, second = await new_contact(alice), await new_contact(alice)
    for name in ("created", "updated"):
        at = second[f"{name}_at"]
        assert await found(alice, **{f"{name}_gte": at}) == [second["id"]]
        assert await found(alice, **{f"{name}_lte": first[f"{name}_at"]}) == [first["id"]]
        assert await found(alice, **{f"{name}_gte": at, f"{name}_lte": at}) == [second["id"]]
        assert await found(alice, **{f"{name}_gte": int(at * 1000) + 2000}) == []


@pytest.mark.req("RC-081")
async def test_who_has_no_touch_is_in_no_span_of_touches(alice: Person) -> None:
    paced, _ = await new_contact(alice), await new_contact(alice)
    touched = await alice.rechat.patch(f"/contacts/{paced['id']}/touch", json={"touch_freq": 10})
    at = touched.json()["data"]["next_touch"]
    assert await found(alice, next_touch_gte=0) == [paced["id"]]
    assert await found(alice, next_touch_lte=at) == [paced["id"]]
    assert await found(alice, next_touch_gte=at + 1) == await found(alice, next_touch_lte=at - 1) == []
    assert await found(alice, last_touch_gte=0) == await found(alice, last_touch_lte=1e10) == []


@pytest.mark.req("RC-082")
async def test_nobody_is_in_a_list_or_flow_that_is_not(alice: Person) -> None:
    await new_contact(alice)
    assert await found(alice, lists=NEVER) == await found(alice, flows=NEVER) == []


@pytest.mark.req("RC-083")
@pytest.mark.req("RC-084")
@pytest.mark.req("RC-088")
async def test_all_attributes_must_be_there(alice: Person) -> None:
    both = await tagged(alice, "New", "foo", company="Rechat")
    await tagged(alice, "New", company="ACME")
    await tagged(alice, "foo", company="Rechat")
    tag_def = "5b3c994e-7569-4df8-b8db-f37421a684f7"
    company = {"attribute_def": "a49339a0-c224-49aa-a7f2-e08817e4dea3", "value": "rechat"}
    assert await found(alice, {"attribute_def": tag_def, "value": "New"}, company) == [both]
    assert await found(alice, tag("New"), tag("foo")) == [both]
    assert await found(alice, tag("New", attribute_def=tag_def), {**company, "attribute_type": "company"}) == [
        both
    ]


@pytest.mark.req("RC-085")
@pytest.mark.req("RC-086")
async def test_inverted_it_must_not_be_there(alice: Person) -> None:
    both, foo, bare = (
        await tagged(alice, "New", "foo"),
        await tagged(alice, "foo"),
        await tagged(alice, nickname="B"),
    )
    assert await found(alice, tag("New", invert=True)) == sorted([foo, bare])
    assert await found(alice, tag("New", invert=True), tag("foo", invert=True)) == [bare]
    assert await found(alice, tag("foo"), tag("New", invert=True)) == [foo]
    assert await found(alice, tag("New", invert=False), tag("foo", invert=None)) == [both]


@pytest.mark.req("RC-090")
async def test_filters_is_another_name_of_filter(alice: Person) -> None:
    new, _ = await tagged(alice, "New"), await tagged(alice, "foo")
    assert await found(alice, tag("New"), key="filters") == [new]
    sent = {"filter": [tag("New")], "attributes": [a("tag", "Bulk")]}
    given = rows_of(await alice.rechat.post("/contacts/attributes", params={"get": "true"}, json=sent))
    assert [contact["id"] for contact in given] == [new]


async def test_operators(alice: Person) -> None:
    await new_definition(alice, "rooms", data_type="number")
    day = 86_400
    rows = [
        [a("birthday", number * day), {"attribute_type": "rooms", "number": number}, *(a("tag", t) for t in tags)]
        for number, tags in enumerate([["a"], ["a", "b"], ["b"], ["c"]], start=1)
    ]
    one, two, three, four = (contact["id"] for contact in await new_contacts(alice, *rows))
    for kind, unit in (("birthday", day), ("rooms", 1)):

        def wish(operator: str, value: Any, kind: str = kind, **more: Any) -> dict[str, Any]:
            return {"attribute_type": kind, "operator": operator, "value": value, **more}

        assert await found(alice, wish("eq", 2 * unit)) == [two]
        assert await found(alice, wish("gte", 3 * unit)) == sorted([three, four])
        assert await found(alice, wish("lte", 2 * unit)) == sorted([one, two])
        assert await found(alice, wish("between", [2 * unit, 3 * unit])) == sorted([two, three])
        assert await found(alice, wish("any", [unit, 4 * unit])) == sorted([one, four])
        assert await found(alice, wish("any", [unit, 4 * unit], invert=True)) == sorted([two, three])
    assert await found(alice, tag("a", operator="any")) == sorted([one, two])
    assert await found(alice, {**tag(""), "operator": "any", "value": ["a", "c"]}) == sorted([one, two, four])
    assert await found(alice, {**tag(""), "operator": "all", "value": ["a", "b"]}) == [two]
    assert await found(alice, {**tag(""), "operator": "all", "value": ["a", "b"], "invert": True}) == sorted(
        [one, three, four]
    )


async def test_a_phone_number_is_the_same_in_every_notation(alice: Person) -> None:
    contact = await new_contact(alice, a("phone_number", "+1 (312) 555-0100"))
    for number in ("3125550100", "312.555.0100", "+13125550100"):
        assert await found(alice, {"attribute_type": "phone_number", "value": number}) == [contact["id"]]
    assert await found(alice, {"attribute_type": "email", "value": "x@example.com"}) == []


@pytest.mark.parametrize(
    ("requested", "wrong"),
    [
        ({"attribute_type": "shoe_size", "value": "9"}, "shoe_size"),
        ({"attribute_def": NEVER, "value": "9"}, NEVER),
        ({"attribute_def": "x", "value": "9"}, "x"),
        ({"value": "9"}, "attribute_def"),
        ({"attribute_type": "tag"}, "value"),
        ({"attribute_type": "tag", "value": 9}, "tag"),
        ({"attribute_type": "tag", "value": None}, "value"),
        ({"attribute_type": "tag", "value": "a", "operator": "like"}, "like"),
        ({"attribute_type": "tag", "value": "a", "operator": "lte"}, "lte"),
        ({"attribute_type": "tag", "value": []}, "eq"),
        ({"attribute_type": "tag", "value": ["a", "b"]}, "eq"),
        ({"attribute_type": "birthday", "value": "May"}, "birthday"),
        ({"attribute_type": "birthday", "value": [1], "operator": "between"}, "between"),
        ({"attribute_type": "birthday", "value": 1e300}, "birthday"),
        ({"attribute_type": "address", "value": "Elm Street"}, "address"),
        ("tag", "filter"),
    ],
)
async def test_a_wrong_filter_is_refused_and_named(alice: Person, requested: Any, wrong: str) -> None:
    answer = await ask(alice, requested)
    refusal_of(answer, 400)
    assert wrong in answer.text


@pytest.mark.parametrize(
    "query",
    [
        {"users": "x"}, {"created_by": "1"}, {"updated_by": "null"}, {"crm_task": "x"}, {"lists": "x"},
        {"flows": "x"}, {"ids": "x"}, {"excludes": "x"}, {"created_gte": "today"}, {"updated_lte": "nan"},
        {"last_touch_gte": "1e400"}, {"next_touch_lte": ""} | {"next_touch_gte": "x"}, {"touched_gte": "1"},
        {"created_gt": "1"}, {"order": "nickname"}, {"order": "--created_at"}, {"start": "-1"}, {"limit": "1001"},
    ],
)  # fmt: skip
async def test_a_wrong_parameter_is_refused_and_named(alice: Person, query: dict[str, str]) -> None:
    assert set(refusal_of(await ask(alice, **query), 400)) == {list(query)[-1]}


async def test_a_search_or_filter_without_end_is_refused(alice: Person) -> None:
    for q in ("x" * 256, "a b c d e f g h i j k"):
        assert set(refusal_of(await alice.rechat.get("/contacts", params={"q": q}), 400)) == {"q"}
    refusal_of(await ask(alice, *[tag("a")] * 51), 400)


async def test_other_unknown_parameters_pass(alice: Person) -> None:
    contact = await new_contact(alice)
    assert await found(alice, color="red", page="7") == [contact["id"]]


@pytest.mark.parametrize("name", ["filter", "filters"])
async def test_filters_have_fifty_values_together(alice: Person, name: str) -> None:
    await new_contact(alice)
    few, many = ([{"attribute_type": "note", "value": ["x"] * 5, "operator": "all"}] * count for count in (10, 11))
    assert (await alice.rechat.post("/contacts/filter", json={name: few})).status_code == 200
    answer = await alice.rechat.post("/contacts/filter", json={name: many})
    assert refusal_of(answer, 400) == {name: ["All filters together have at most 50 values."]}
    one = [{"attribute_type": "note", "value": ["x"] * 51, "operator": "any"}]
    assert refusal_of(await alice.rechat.post("/contacts/filter", json={name: one}), 400).keys() == {name}
