import asyncio
from datetime import date
from typing import Any

import pytest

from tests.core.contacts.attributes import new
from tests.core.contacts.rows import add, all_events, check_kept, held_by, history_of
from tests.dialects.close.records import NEVER, NO_IDS, new_contact, new_lead, new_task
from tests.dialects.close.wire import data_of, ids_of, refusal_of
from tests.people import Person, close_client, new_key
from touchbook.core.contacts.attribute import Attribute
from touchbook.core.contacts.plain import Labelled, PlainMembers, add_contact
from touchbook.core.contacts.queries import find_contact, find_contacts
from touchbook.core.identity import uid_from_prefixed
from touchbook.store.postgres import Store


async def test_a_contact_is_made_in_a_lead(alice: Person, bob: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(
        alice,
        lead,
        emails=[{"email": "sarah@example.com"}],
        phones=[{"phone": "+13125550100", "type": "mobile"}],
    )
    assert (contact["lead_id"], contact["organization_id"]) == (lead["id"], lead["organization_id"])
    assert contact["name"] == contact["display_name"] == "Sarah Connor"
    assert [item["email"] for item in contact["emails"]] == ["sarah@example.com"]
    assert [item["phone"] for item in contact["phones"]] == ["+13125550100"]
    assert data_of(await bob.close.get(f"/contact/{contact['id']}/")) == contact
    assert data_of(await bob.close.get(f"/lead/{lead['id']}/"))["contacts"] == [contact]


async def test_without_a_name_an_address_is_shown(alice: Person) -> None:
    sent = {"lead_id": (await new_lead(alice))["id"], "name": None, "emails": [{"email": "sarah@example.com"}]}
    contact = data_of(await alice.close.post("/contact/", json=sent))
    assert (contact["name"], contact["display_name"]) == (None, "sarah@example.com")


async def test_name_and_addresses_can_be_changed(alice: Person, bob: Person) -> None:
    contact = await new_contact(alice, await new_lead(alice), emails=[{"email": "sarah@example.com"}])
    sent = {"name": "Sarah Jeanette Reese", "emails": [], "phones": [{"phone": "+1"}]}
    changed = data_of(await bob.close.put(f"/contact/{contact['id']}/", json=sent))
    assert changed["name"] == "Sarah Jeanette Reese"
    assert (changed["emails"], changed["phones"]) == ([], [{"phone": "+1", "type": "office"}])
    assert changed["date_updated"] > contact["date_updated"]
    assert ids_of(await alice.close.get("/contact/", params={"query": "jeanette"})) == [contact["id"]]


@pytest.mark.parametrize(("first", "last"), [("Sarah", "Connor"), ("Mary Ann", "Smith"), ("Cher", None)])
async def test_a_whole_contact_sent_back_changes_nothing(
    store: Store, alice: Person, first: str, last: str | None
) -> None:
    """Not even where the first name has a blank in it, which Close does not show."""
    async with store.transaction() as tx:
        kept = await add_contact(
            tx,
            alice.caller,
            PlainMembers(first_name=first, last_name=last, emails=["a@example.com"], phone_numbers=["+1", "+2"]),
        )
    (contact,) = data_of(await alice.close.get("/contact/"))
    assert data_of(await alice.close.put(f"/contact/{contact['id']}/", json=contact)) == contact
    async with store.reading() as reader:
        assert await find_contact(reader, alice.caller, kept.id) == kept


async def test_another_lead_in_a_change_is_passed_over(alice: Person) -> None:
    lead, other = await new_lead(alice), await new_lead(alice, "Resistance")
    contact = await new_contact(alice, lead)
    assert data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"lead_id": other["id"]})) == contact


async def test_a_deleted_contact_is_gone_and_its_tasks_stay(alice: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    task = await new_task(alice, lead, contact_id=contact["id"])
    answer = await alice.close.delete(f"/contact/{contact['id']}/")
    assert (answer.status_code, answer.json()) == (200, {})
    for method in ("GET", "DELETE"):
        refusal_of(await alice.close.request(method, f"/contact/{contact['id']}/"), 404)
    assert ids_of(await alice.close.get("/contact/")) == []
    assert data_of(await alice.close.get(f"/lead/{lead['id']}/"))["contacts"] == []
    nobody = {"contact_id": None, "contact_name": None}
    assert data_of(await alice.close.get(f"/task/{task['id']}/")) == task | nobody


async def test_lists_go_by_lead_and_by_part_of_a_name(alice: Person) -> None:
    leads = [await new_lead(alice, name) for name in ("Cyberdyne", "Resistance")]
    miles, sarah, kate = [
        (await new_contact(alice, lead, name))["id"]
        for lead, name in zip((leads[0], leads[1], leads[1]), ("Miles Dyson", "Sarah Connor", "Kate"), strict=True)
    ]

    async def found(**given: str) -> list[str]:
        return ids_of(await alice.close.get("/contact/", params=given))

    assert await found() == [miles, sarah, kate]
    assert await found(lead_id=leads[1]["id"]) == [sarah, kate]
    assert await found(query="CONN") == [sarah]
    assert await found(lead_id=leads[1]["id"], query="kate") == [kate]
    assert await found(lead_id=leads[0]["id"], query="kate") == []
    assert await found(lead_id="lead_x") == []
    assert await found(query="%") == []


async def test_pages_hold_every_contact_once(alice: Person) -> None:
    lead = await new_lead(alice)
    contacts = [(await new_contact(alice, lead, f"Person {number}"))["id"] for number in range(5)]
    for narrowed in ({}, {"lead_id": lead["id"]}):
        shown: list[str] = []
        for skip, more in ((0, True), (2, True), (4, False)):
            answer = await alice.close.get("/contact/", params={"_limit": 2, "_skip": skip, **narrowed})
            assert answer.json()["has_more"] is more
            shown += ids_of(answer)
        assert shown == contacts


async def test_contacts_belong_to_the_team(alice: Person, bob: Person, charlie: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    assert ids_of(await bob.close.get("/contact/")) == [contact["id"]]
    for given in ({}, {"lead_id": lead["id"]}):
        assert ids_of(await charlie.close.get("/contact/", params=given)) == []
    for method in ("GET", "PUT", "DELETE"):
        body: dict[str, Any] = {"json": {"name": "Mine"}} if method == "PUT" else {}
        refusal_of(await charlie.close.request(method, f"/contact/{contact['id']}/", **body), 404)
    answer = await charlie.close.post("/contact/", json={"lead_id": lead["id"], "name": "Spy"})
    assert refusal_of(answer, 400) == {"lead_id": "Object does not exist."}
    assert ids_of(await alice.close.get("/contact/")) == [contact["id"]]


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({"lead_id": None}, "lead_id"),
        ({"lead_id": ""}, "lead_id"),
        ({"lead_id": 1}, "lead_id"),
        ({"lead_id": f"lead_{NEVER}"}, "lead_id"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": ["Sarah"]}, "name"),
        ({"emails": "sarah@example.com"}, "emails"),
        ({"emails": ["sarah@example.com"]}, "emails"),
        ({"emails": [{}]}, "emails"),
        ({"emails": [{"email": ""}]}, "emails"),
        ({"emails": [{"email": "x" * 321}]}, "emails"),
        ({"emails": None}, "emails"),
        ({"phones": {"phone": "+1"}}, "phones"),
        ({"phones": [{"phone": 1}]}, "phones"),
    ],
)
async def test_a_wrong_contact_is_refused(alice: Person, sent: dict[str, Any], wrong: str) -> None:
    lead = await new_lead(alice)
    body = {"lead_id": lead["id"], "name": "Sarah", **sent}
    assert refusal_of(await alice.close.post("/contact/", json=body), 400).keys() == {wrong}
    assert ids_of(await alice.close.get("/contact/")) == []


async def test_a_lead_is_required(alice: Person) -> None:
    answer = await alice.close.post("/contact/", json={"name": "Sarah"})
    assert refusal_of(answer, 400) == {"lead_id": "This field is required."}


@pytest.mark.parametrize("sent", [{"name": " "}, {"emails": {}}, {"phones": None}, {"name": None}, 3])
async def test_a_wrong_change_is_refused(alice: Person, sent: Any) -> None:
    contact = await new_contact(alice, await new_lead(alice))
    refusal_of(await alice.close.put(f"/contact/{contact['id']}/", json=sent), 400)
    assert data_of(await alice.close.get(f"/contact/{contact['id']}/")) == contact


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("text", [*NO_IDS, f"cont_{NEVER}", f"lead_{NEVER}"])
async def test_an_unknown_contact_is_not_found(alice: Person, method: str, text: str) -> None:
    body: dict[str, Any] = {"json": {"name": "Sarah"}} if method == "PUT" else {}
    refusal_of(await alice.close.request(method, f"/contact/{text}/", **body), 404)


@pytest.mark.parametrize(
    ("path", "allowed"), [("/contact/", "GET, POST"), ("/contact/cont_x/", "GET, PUT, DELETE")]
)
async def test_other_methods_are_refused(alice: Person, path: str, allowed: str) -> None:
    for method in {"POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = await alice.close.request(method, path, json={})
        refusal_of(answer, 405)
        assert answer.headers["allow"] == allowed


async def test_a_key_to_read_may_not_write(store: Store, alice: Person) -> None:
    lead = await new_lead(alice)
    contact = await new_contact(alice, lead)
    reader = close_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.post("/contact/", json={"lead_id": lead["id"], "name": "Kate"}), 403)
    refusal_of(await reader.put(f"/contact/{contact['id']}/", json={"name": "Kate"}), 403)
    refusal_of(await reader.delete(f"/contact/{contact['id']}/"), 403)
    assert data_of(await reader.get("/contact/")) == [contact]


async def held(store: Store, alice: Person, item: Any) -> list[Attribute]:
    """All that is known of a contact that Close shows."""
    uid = uid_from_prefixed("cont", item["id"])
    assert uid is not None
    async with store.reading() as reader:
        [contact] = await find_contacts(reader, alice.caller, [uid])
    return await held_by(store, alice, contact)


async def labels(store: Store, alice: Person, item: Any, kind: str) -> dict[str | None, str | None]:
    return {each.text: each.label for each in await held(store, alice, item) if each.type == kind}


async def test_types_come_and_go_as_labels(store: Store, alice: Person, lead: Any) -> None:
    types = ["home", "mobile", "direct", "fax", "url", "other", "office"]
    phones = [{"phone": f"+1312555010{number}", "type": kind} for number, kind in enumerate(types)]
    emails = [{"email": "a@example.com", "type": "home"}, {"email": "b@example.com", "type": "office"}]
    contact = await new_contact(alice, lead, emails=emails, phones=phones)
    assert sorted(contact["phones"], key=lambda phone: phone["phone"]) == phones
    assert sorted(contact["emails"], key=lambda email: email["email"]) == emails
    assert list((await labels(store, alice, contact, "phone_number")).values()) == [
        None, "Other", "Url", "Fax", "Direct", "Mobile", "Home",
    ]  # fmt: skip
    assert await labels(store, alice, contact, "email") == {"b@example.com": None, "a@example.com": "Home"}
    changed = data_of(
        await alice.close.put(
            f"/contact/{contact['id']}/", json={"phones": [phones[0] | {"type": "fax"}, phones[1]]}
        )
    )
    assert changed["phones"] == [phones[0] | {"type": "fax"}, phones[1]]
    assert await labels(store, alice, contact, "phone_number") == {"+13125550100": "Fax", "+13125550101": "Mobile"}


async def test_labels_that_close_has_no_type_for_are_kept(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        phones = [Labelled("+1", "WhatsApp"), Labelled("+2", "Personal"), Labelled("+3", "HOME")]
        await add_contact(tx, alice.caller, PlainMembers(first_name="Ann", phone_numbers=phones))
    [contact] = data_of(await alice.close.get("/contact/"))
    shown = [("+1", "office"), ("+2", "home"), ("+3", "home")]
    assert [(phone["phone"], phone["type"]) for phone in contact["phones"]] == shown
    turned = [contact["phones"][2], {"phone": "+4", "type": "mobile"}, *contact["phones"][:2]]
    changed = data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"phones": turned}))
    assert changed["phones"] == turned
    assert await labels(store, alice, contact, "phone_number") == {
        "+1": "WhatsApp",
        "+2": "Personal",
        "+3": "HOME",
        "+4": "Mobile",
    }
    without = data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"phones": [{"phone": "+1"}]}))
    assert without["phones"] == [{"phone": "+1", "type": "office"}]
    assert await labels(store, alice, contact, "phone_number") == {"+1": "WhatsApp"}


async def test_the_title_is_what_one_does_for_a_living(store: Store, alice: Person, lead: Any) -> None:
    contact = await new_contact(alice, lead, title="Engineer")
    assert contact["title"] == "Engineer"
    assert {each.type: each.text for each in await held(store, alice, contact)}["job_title"] == "Engineer"
    path = f"/contact/{contact['id']}/"
    assert data_of(await alice.close.put(path, json={"title": "Director"}))["title"] == "Director"
    assert data_of(await alice.close.put(path, json={"title": None}))["title"] is None
    assert "job_title" not in {each.type for each in await held(store, alice, contact)}


async def test_the_website_is_shown_as_the_first_url(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        await add_contact(tx, alice.caller, PlainMembers(first_name="Ann", website="https://example.com/ann"))
    [contact] = data_of(await alice.close.get("/contact/"))
    assert contact["urls"] == [{"url": "https://example.com/ann", "type": "url"}]
    changed = data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"name": "Bea"}))
    assert changed["urls"] == contact["urls"]
    changed = data_of(await alice.close.put(f"/contact/{contact['id']}/", json={"urls": []}))
    assert changed["urls"] == []


async def test_a_write_keeps_all_that_close_cannot_show(store: Store, alice: Person, bob: Person) -> None:
    hidden = [
        new("title", "Mrs."),
        new("nickname", "Annie"),
        new("middle_name", "Q"),
        new("tag", "Vip"),
        new("note", "likes blue", label="aside", index=0),
        new("birthday", date(1969, 12, 31)),
        new("address", {"city": "Paris", "extra": "Office"}, label="Office", index=3, is_primary=True),
        new("email", "bert@example.com", is_partner=True, label="Work"),
        new("phone_number", "+13125550199", is_partner=True),
        new("first_name", "Bert", is_partner=True),
        new("job_title", "Farmer", is_partner=True),
        new("website", "https://example.com/ann"),
    ]
    visible = [new("first_name", "Ann"), new("last_name", "Bell"), new("email", "ann@example.com", label="Work")]
    await add(store, alice, *hidden, *visible)
    [contact] = data_of(await alice.close.get("/contact/"))
    before = (await held(store, alice, contact))[: len(hidden)]
    writes: list[dict[str, Any]] = [
        {"name": "Bea Ball", "title": "Engineer"},
        {"emails": [{"email": "b@example.com", "type": "home"}, {"email": "ann@example.com", "type": "office"}]},
        {"phones": [{"phone": "+13125550100", "type": "mobile"}]},
        {"phones": [], "emails": [], "title": None},
    ]
    for sent in writes:
        data_of(await bob.close.put(f"/contact/{contact['id']}/", json=sent))
        after = {each.uid: each for each in await held(store, alice, contact)}
        assert [after.get(each.uid) for each in before] == before
    await check_kept(store, alice)


async def test_a_whole_contact_sent_back_leaves_no_trace(store: Store, alice: Person, bob: Person) -> None:
    phones = [new("phone_number", f"+{number}", label=label) for number, label in enumerate(("WhatsApp", None))]
    kept = await add(store, alice, new("first_name", "Mary Ann"), new("job_title", "Farmer"), *phones)
    [contact] = data_of(await alice.close.get("/contact/"))
    before, events = await held(store, alice, contact), await all_events(store, alice)
    assert data_of(await bob.close.put(f"/contact/{contact['id']}/", json=contact)) == contact
    assert await held(store, alice, contact) == before
    assert await all_events(store, alice) == events
    assert await history_of(store, alice, kept) == []


async def test_a_write_shows_in_ysuite_too(alice: Person, bob: Person, lead: Any) -> None:
    contact = await new_contact(alice, lead, emails=[{"email": "a@example.com"}, {"email": "b@example.com"}])
    emails = [{"email": "b@example.com", "type": "home"}, {"email": "a@example.com", "type": "office"}]
    sent = {"name": "Sarah Reese", "phones": [{"phone": "+13125550100"}], "emails": emails}
    data_of(await bob.close.put(f"/contact/{contact['id']}/", json=sent))
    answer = (await alice.ysuite.get("/contacts")).json()
    [person] = answer["data"]["data"]
    assert {name: person[name] for name in ("name", "first_name", "last_name", "email", "phone")} == {
        "name": "Sarah Reese",
        "first_name": "Sarah",
        "last_name": "Reese",
        "email": "b@example.com",
        "phone": "+13125550100",
    }


async def test_writers_at_once_are_both_heard(store: Store, alice: Person, bob: Person, lead: Any) -> None:
    contact = await new_contact(alice, lead, emails=[{"email": "a@example.com"}], phones=[{"phone": "+1"}])
    path = f"/contact/{contact['id']}/"
    for number in range(20):
        answers = await asyncio.gather(
            alice.close.put(path, json={"emails": [{"email": f"{number}@example.com"}], "title": "Engineer"}),
            bob.close.put(path, json={"emails": [{"email": f"b{number}@example.com"}], "phones": []}),
        )
        assert [answer.status_code for answer in answers] == [200, 200]
    shown = data_of(await alice.close.get(path))
    assert (shown["title"], shown["phones"], len(shown["emails"])) == ("Engineer", [], 1)
    await check_kept(store, alice)


async def test_a_query_without_end_is_refused(alice: Person) -> None:
    answer = await alice.close.get("/contact/", params={"query": "x" * 256})
    assert refusal_of(answer, 400).keys() == {"query"}
