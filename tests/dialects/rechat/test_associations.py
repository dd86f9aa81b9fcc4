"""What is shown beside the 46 members, when it is asked for."""

from typing import Any

import pytest

from tests.counting import counting
from tests.dialects.rechat.records import ALL, NEVER, a, everything, me, new_contact, new_definition, of, shown
from tests.dialects.rechat.test_definitions import KEYS as DEFINITION
from tests.dialects.rechat.wire import data_of, rows_of
from tests.factories import deal_of
from tests.people import Person, new_person
from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.deleting import delete_deals
from touchbook.core.deals.participants import add_participant
from touchbook.core.teams.queries import users_by_id
from touchbook.store.postgres import Store

EVERY = ",".join(
    [
        *("contact.attributes", "contact.summary", "contact_attribute.attribute_def", "contact.user"),
        *("contact.created_by", "contact.updated_by", "contact.brand", "contact.users", "contact.deals"),
    ]
)


@pytest.mark.req("RC-021", "RC-091")
async def test_attributes_with_their_definitions_and_the_summary(alice: Person, bob: Person) -> None:
    drink = await new_definition(bob, "drink")
    made = await new_contact(alice, a("email", "a@example.com"), a("drink", "Tea"))
    assert all("attribute_def" not in each for each in made["attributes"])
    whole = await shown(alice, made, "contact_attribute.attribute_def,contact.attributes,contact.summary")
    definitions = [each.pop("attribute_def") for each in whole["attributes"]]
    assert whole == made
    assert [each.keys() for each in definitions] == [DEFINITION, DEFINITION]
    assert [each["name"] for each in definitions] == ["email", "drink"]
    assert definitions[1] == drink
    assert definitions[1]["created_by"] == me(bob)
    alone = await shown(alice, made, "contact_attribute.attribute_def")
    assert "attributes" not in alone


@pytest.mark.parametrize(
    "query",
    [
        [("associations", "contact.attributes,contact.summary")],
        [("associations", "contact.attributes"), ("associations", "contact.summary")],
        [("associations[]", "contact.attributes"), ("associations[]", "contact.summary")],
    ],
)
async def test_they_are_named_in_three_ways(alice: Person, query: Any) -> None:
    made = await new_contact(alice)
    assert data_of(await alice.rechat.get(f"/contacts/{made['id']}", params=query)) == made


@pytest.mark.req("RC-170")
async def test_people(store: Store, alice: Person, bob: Person) -> None:
    made = await new_contact(alice)
    path = f"/contacts/{made['id']}"
    names = "contact.user,contact.created_by,contact.updated_by"
    before = await shown(bob, made, names)
    assert (before["user"]["id"], before["created_by"]["id"], before["updated_by"]) == (me(alice), me(alice), None)
    await bob.rechat.patch(path, json={"attributes": [a("note", "x")], "user": me(bob)})
    now = await shown(bob, made, names)
    assert [now[name]["id"] for name in ("user", "created_by", "updated_by")] == [me(bob), me(alice), me(bob)]
    async with store.reading() as reader:
        user = (await users_by_id(reader, alice.caller, [bob.user_id]))[bob.user_id]
    assert now["user"]["type"] == "user"
    assert (now["user"]["email"], now["user"]["display_name"]) == (user.email, "Bob Example")
    assert (now["user"]["active_brand"], len(now["user"])) == (str(alice.team.uid), 48)
    assert now["user_id"] == me(bob)
    one = await shown(bob, made, "contact.created_by")
    assert {"user", "updated_by"} & one.keys() == set()
    assert one["created_by"] == before["created_by"] | {"current_time": one["created_by"]["current_time"]}


@pytest.mark.req("RC-170")
async def test_who_left_is_still_shown(store: Store, alice: Person, bob: Person) -> None:
    made = await new_contact(bob)
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, bob.user_id
        )
    now = await shown(alice, made, f"{ALL},contact.user,contact.created_by")
    assert (now["user"]["id"], now["created_by"]["id"], now["user_id"]) == (me(bob),) * 3
    assert now["attributes"][0]["created_by"] == me(bob)


@pytest.mark.req("RC-171")
async def test_the_brand_whole(alice: Person) -> None:
    made = await new_contact(alice)
    now = await shown(alice, made, "contact.brand")
    assert (now["brand"]["id"], now["brand"]["name"], now["brand"]["type"]) == (
        str(alice.team.uid),
        alice.team.name,
        "brand",
    )
    assert now["brand_id"] == str(alice.team.uid)
    assert (await shown(alice, made))["brand"] == str(alice.team.uid)


async def address_of(store: Store, person: Person, *, phone: str | None = None) -> str:
    async with store.transaction() as tx:
        if phone:
            await tx.execute("update users set phone_number = $2 where id = $1", person.user_id, phone)
        return (await users_by_id(tx, person.caller, [person.user_id]))[person.user_id].email


@pytest.mark.req("RC-173")
async def test_users_that_are_the_same_person(store: Store, server: str, alice: Person, bob: Person) -> None:
    cleo = await new_person(store, server, alice.team, "Cleo")
    bobs, _ = await address_of(store, bob), await address_of(store, cleo, phone="(312) 555-0142")

    async def users(*attributes: Any) -> list[str]:
        made = await new_contact(alice, *attributes)
        assert "users" not in made
        return [user["id"] for user in (await shown(alice, made, "contact.users"))["users"]]

    assert await users(a("first_name", "Bob")) == []
    assert await users(a("email", bobs.upper())) == [me(bob)]
    assert await users(a("phone_number", "+1 312.555.0142")) == [me(cleo)]
    assert await users(a("phone_number", "+13125550142"), a("email", "x@example.com"), a("email", bobs)) == [
        me(bob),
        me(cleo),
    ]
    assert await users(a("email", bobs, is_partner=True), a("phone_number", "+13125550143")) == []


@pytest.mark.req("RC-173")
async def test_another_teams_users_are_not_among_them(store: Store, alice: Person, charlie: Person) -> None:
    made = await new_contact(alice, a("email", await address_of(store, charlie)))
    assert (await shown(alice, made, "contact.users"))["users"] == []


async def cast(store: Store, person: Person, deal: Deal, **members: Any) -> None:
    async with store.transaction() as tx:
        await add_participant(tx, person.caller, deal, role="Buyer", **members)


@pytest.mark.req("RC-174")
async def test_deals(store: Store, alice: Person, charlie: Person) -> None:
    first, second, third, foreign = [
        await deal_of(store, person, title)
        for person, title in ((alice, "1 Elm"), (alice, "2 Elm"), (alice, "3 Elm"), (charlie, "4 Elm"))
    ]
    for person, deal in ((alice, first), (charlie, foreign)):
        await cast(store, person, deal, email="Ann@Example.com")
    await cast(store, alice, second, phone_number="(312) 555-0142")
    made = await new_contact(alice, a("email", "ann@example.com"), a("phone_number", "+13125550142"))
    assert "deals" not in made
    deals = (await shown(alice, made, "contact.deals"))["deals"]
    assert [(deal["id"], deal["title"], deal["type"], deal["brand"]) for deal in deals] == [
        (str(deal.uid), deal.title, "deal", str(alice.team.uid)) for deal in (first, second)
    ]
    assert third.contact_id is not None
    async with store.reading() as reader:
        linked = await find_contact(reader, alice.caller, third.contact_id)
    assert [deal["title"] for deal in (await shown(alice, {"id": linked.uid}, "contact.deals"))["deals"]] == [
        "3 Elm"
    ]
    async with store.transaction() as tx:
        await delete_deals(tx, alice.caller, [first.id])
    assert [deal["title"] for deal in (await shown(alice, made, "contact.deals"))["deals"]] == ["2 Elm"]
    other = await new_contact(alice, a("email", "ann@example.com", is_partner=True), a("email", "b@example.com"))
    assert (await shown(alice, other, "contact.deals"))["deals"] == []


async def test_every_answer_with_contacts_can_show_them(alice: Person) -> None:
    made = await new_contact(alice, a("first_name", "Ann"), a("tag", "Hot"))
    query = {"associations": EVERY}
    path = f"/contacts/{made['id']}"
    names = {"attributes", "summary", "user", "created_by", "updated_by", "users", "deals"}
    sent = {"user": me(alice), "attributes": [a("note", "x")]}
    answers = [
        rows_of(await alice.rechat.get("/contacts", params=query))[0],
        rows_of(await alice.rechat.post("/contacts/filter", json={}, params=query))[0],
        data_of(await alice.rechat.get(path, params=query)),
        data_of(await alice.rechat.patch(path, json={"attributes": []}, params=query)),
        data_of(await alice.rechat.put(f"{path}/owner", json={"user": me(alice)}, params=query)),
        data_of(await alice.rechat.delete(f"{path}/attributes/{of(made, 'tag')[0]['id']}", params=query)),
        rows_of(
            await alice.rechat.post(
                "/contacts/attributes",
                json={"ids": [made["id"]], "attributes": [a("note", "x")]},
                params={**query, "get": "true"},
            )
        )[0],
        rows_of(await alice.rechat.post("/contacts", json={"contacts": [sent]}, params={**query, "get": "true"}))[
            0
        ],
    ]
    for contact in answers:
        assert names <= contact.keys()
        assert contact["brand"]["type"] == "brand"
        assert contact["attributes"][0]["attribute_def"]["type"] == "contact_attribute_def"


@pytest.mark.parametrize("way", ["omit", "omit[]"])
async def test_members_can_be_left_out(alice: Person, way: str) -> None:
    made = await new_contact(alice, a("email", "a@example.com"))
    omitted = ["contact.emails", "contact_attribute.label", "contact_summary.tags", "uncle.name", "display_name"]
    query = {"associations": ALL, way: ",".join(omitted)}
    answers = [
        data_of(await alice.rechat.get(f"/contacts/{made['id']}", params=query)),
        rows_of(await alice.rechat.get("/contacts", params=query), total=1)[0],
    ]
    for contact in answers:
        assert made.keys() - contact.keys() == {"emails"}
        assert made["attributes"][0].keys() - contact["attributes"][0].keys() == {"label"}
        assert made["summary"].keys() - contact["summary"].keys() == {"tags"}
        assert contact["summary"].items() <= made["summary"].items()
    separate: Any = [(way, "contact.emails"), (way, "contact.tags")]
    now = data_of(await alice.rechat.get(f"/contacts/{made['id']}", params=separate))
    assert {"emails", "tags"} & now.keys() == set()


async def test_a_page_takes_as_many_statements_for_fifty_contacts_as_for_one(alice: Person, bob: Person) -> None:
    paths = [("GET", "/contacts"), ("POST", "/contacts/filter")]

    async def statements(method: str, path: str, associations: str) -> int:
        query: dict[str, Any] = {"associations": associations, "limit": 1000}
        with counting() as count:
            rows_of(await alice.rechat.request(method, path, params=query))
        return count()

    await new_definition(bob, "drink")
    await new_contact(alice, a("drink", "Tea"), a("email", "a@example.com"))
    asked = [(*path, associations) for path in paths for associations in ("", ALL, EVERY)]
    one = [await statements(*each) for each in asked]
    for number in range(49):
        person = (alice, bob)[number % 2]
        made = await new_contact(person, a("drink", "Tea"), a("email", f"p{number}@example.com"), a("tag", "Hot"))
        change = {"attributes": [a("note", "x")]}
        await (bob, alice)[number % 2].rechat.patch(f"/contacts/{made['id']}", json=change)
    assert [await statements(*each) for each in asked] == one
    assert 1 <= one[0] < one[1] < one[2]
    assert len(await everything(alice)) == 50


async def test_another_teams_contact_shows_nothing(alice: Person, charlie: Person) -> None:
    made = await new_contact(alice)
    for uid in (made["id"], NEVER):
        answer = await charlie.rechat.get(f"/contacts/{uid}", params={"associations": EVERY})
        assert answer.status_code == 404
