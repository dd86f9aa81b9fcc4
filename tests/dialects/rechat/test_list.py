from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, a, me, new_contact, new_contacts
from tests.dialects.rechat.wire import ids_of, refusal_of, rows_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store

ORDERS = ["display_name", "sort_field", "last_touch", "next_touch", "created_at", "updated_at"]
KEYS = {
    "id", "display_name", "partner_name", "brand", "brand_id", "user_id", "sort_field", "last_touch",
    "last_touch_action", "next_touch", "touch_freq", "ios_address_book_id", "android_address_book_id",
    "created_at", "updated_at", "deleted_at", "created_for", "updated_for", "deleted_for", "title", "first_name",
    "partner_first_name", "middle_name", "last_name", "partner_last_name", "marketing_name", "nickname", "email",
    "primary_email", "emails", "parked", "partner_email", "phone_number", "primary_phone_number",
    "phone_numbers", "company", "birthday", "profile_image_url", "cover_image_url", "job_title", "source_type",
    "source", "website", "tags", "address", "type",
}  # fmt: skip


async def people(person: Person, *names: str) -> list[str]:
    contacts = [[a("first_name", name.split()[0]), a("last_name", name.split()[1])] for name in names]
    return [contact["id"] for contact in await new_contacts(person, *contacts)]


@pytest.mark.req("RC-001")
async def test_lists_the_teams_contacts_with_their_count(alice: Person, bob: Person, charlie: Person) -> None:
    made = await people(alice, "Ann Lee", "Bo Li") + await people(bob, "Cy Fox")
    for person in (alice, bob):
        assert ids_of(await person.rechat.get("/contacts"), total=3) == made
        assert ids_of(await person.rechat.get("/contacts/"), total=3) == made
    assert ids_of(await charlie.rechat.get("/contacts"), total=0) == []


@pytest.mark.req("RC-002")
async def test_a_page_is_ten_unless_said(alice: Person) -> None:
    made = await people(alice, *(f"Person {letter}" for letter in "abcdefghijklm"))

    async def page(**query: Any) -> list[str]:
        return ids_of(await alice.rechat.get("/contacts", params=query), total=13)

    assert await page() == made[:10]
    assert await page(start=10) == made[10:]
    assert await page(limit=2) == made[:2]
    assert await page(limit=2, start=11) == made[11:]
    assert await page(limit=1000) == made
    assert await page(start=13) == []
    assert await page(limit="", start="") == made[:10]


@pytest.mark.req("RC-003")
@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("display_name", ["adam Zed", "Bert Young", "Cleo Ash"]),
        ("sort_field", ["Cleo Ash", "Bert Young", "adam Zed"]),
        ("created_at", ["Bert Young", "Cleo Ash", "adam Zed"]),
        ("updated_at", ["Cleo Ash", "adam Zed", "Bert Young"]),
    ],
)
async def test_orders(alice: Person, order: str, names: list[str]) -> None:
    bert, *_ = await people(alice, "Bert Young", "Cleo Ash", "adam Zed")
    sent = {"attributes": [a("note", "later")]}
    assert (await alice.rechat.patch(f"/contacts/{bert}", json=sent)).status_code == 200

    async def listed(order: str) -> list[str]:
        rows = rows_of(await alice.rechat.get("/contacts", params={"order": order}), total=3)
        return [row["display_name"] for row in rows]

    assert await listed(order) == names
    assert await listed(f"-{order}") == names[::-1]


@pytest.mark.req("RC-003")
@pytest.mark.parametrize("column", ["last_touch", "next_touch"])
async def test_orders_by_touch(store: Store, alice: Person, column: str) -> None:
    """What was never touched stands last, or first."""
    made = await people(alice, "Ann Lee", "Bo Li", "Cy Fox")
    async with store.transaction() as tx:
        for uid, day in ((made[0], 2), (made[2], 1)):
            await tx.execute(
                f"""update contacts set {column}_at = to_timestamp({day}) where team_id = $1 and uid = $2""",
                alice.team.id,
                uid,
            )
    for order, requested in ((column, [2, 0, 1]), (f"-{column}", [1, 0, 2])):
        found = ids_of(await alice.rechat.get("/contacts", params={"order": order}), total=3)
        assert found == [made[place] for place in requested]


@pytest.mark.req("RC-003")
@pytest.mark.parametrize(
    "order", ["id", "name", "--created_at", "+created_at", "created_at,id", "-", "CREATED_AT"]
)
async def test_another_order_is_refused(alice: Person, order: str) -> None:
    for method, path in (("GET", "/contacts"), ("POST", "/contacts/filter")):
        answer = await alice.rechat.request(method, path, params={"order": order})
        assert refusal_of(answer, 400).keys() == {"order"}


@pytest.mark.req("RC-004", "RC-005", "RC-006", "RC-007", "RC-008")
async def test_a_contact_has_its_46_members(alice: Person) -> None:
    made = await new_contact(alice, a("first_name", "Sarah"))
    for path in ("/contacts", f"/contacts/{made['id']}"):
        body = (await alice.rechat.get(path)).json()["data"]
        [contact] = body if isinstance(body, list) else [body]
        assert len(KEYS) == 46
        assert contact.keys() == KEYS
        assert contact["brand"] == contact["brand_id"] == str(alice.team.uid)
        assert [contact[name] for name in ("emails", "phone_numbers", "website", "tags", "address")] == [None] * 5
        assert contact["type"] == "contact"
        assert (contact["deleted_at"], contact["deleted_for"], contact["parked"]) == (None, None, False)
        answer = await alice.rechat.get(path, params={"associations": "contact.attributes,contact.summary"})
        [more] = answer.json()["data"] if path == "/contacts" else [answer.json()["data"]]
        assert more.keys() == KEYS | {"attributes", "summary"}


async def test_lists_narrow_by_ids_and_owners(alice: Person, bob: Person, charlie: Person) -> None:
    first, second = await people(alice, "Ann Lee", "Bo Li")
    third = (await people(bob, "Cy Fox"))[0]

    async def found(*query: tuple[str, str]) -> list[str]:
        return ids_of(await alice.rechat.get("/contacts", params=list(query)))

    assert await found(("ids", f"{first},{third}")) == [first, third]
    assert await found(("ids[]", first), ("ids[]", third)) == [first, third]
    assert await found(("ids", first), ("ids", third)) == [first, third]
    assert await found(("excludes", first)) == [second, third]
    assert await found(("users", me(bob))) == [third]
    assert await found(("users", f"{me(bob)},{me(alice)}")) == [first, second, third]
    for nobody in (NEVER, me(charlie)):
        assert await found(("users", nobody)) == await found(("ids", nobody)) == []


@pytest.mark.parametrize("name", ["ids", "excludes", "users"])
@pytest.mark.parametrize("wrong", ["123456", "x", f"{NEVER},x", NEVER.replace("-", "")])
async def test_what_is_no_uuid_is_refused(alice: Person, name: str, wrong: str) -> None:
    for method, path in (("GET", "/contacts"), ("POST", "/contacts/filter")):
        answer = await alice.rechat.request(method, path, params={name: wrong})
        assert refusal_of(answer, 400).keys() == {name}


@pytest.mark.parametrize("name", ["limit", "start"])
@pytest.mark.parametrize("wrong", ["-1", "x", "1.5", "1001000000000", "٣", "+1", " 1"])
async def test_a_wrong_page_is_refused(alice: Person, name: str, wrong: str) -> None:
    assert refusal_of(await alice.rechat.get("/contacts", params={name: wrong}), 400).keys() == {name}


@pytest.mark.parametrize("limit", [0, 1001])
async def test_a_limit_beyond_its_bounds_is_refused(alice: Person, limit: int) -> None:
    assert refusal_of(await alice.rechat.get("/contacts", params={"limit": limit}), 400).keys() == {"limit"}


async def test_a_key_to_read_lists(store: Store, alice: Person) -> None:
    made = await people(alice, "Ann Lee")
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    assert ids_of(await reader.get("/contacts")) == made
    assert ids_of(await reader.post("/contacts/filter", json={})) == made


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/contacts", "GET, POST, PATCH, DELETE"),
        (f"/contacts/{NEVER}", "GET, PATCH, DELETE"),
        ("/contacts/filter", "POST"),
        ("/contacts/import.json", "POST"),
        (f"/contacts/jobs/{NEVER}", "GET"),
        ("/contacts/attributes", "POST, DELETE"),
        ("/contacts/attribute_defs", "GET, POST"),
        (f"/contacts/attribute_defs/{NEVER}", "DELETE"),
        (f"/contacts/{NEVER}/owner", "PUT"),
        (f"/contacts/{NEVER}/attributes", "POST"),
        (f"/contacts/{NEVER}/attributes/{NEVER}", "PUT, DELETE"),
    ],
)
async def test_other_methods_are_refused(alice: Person, path: str, allowed: str) -> None:
    """Also those of `/contacts/{id}` where a word of its own stands (RC-167)."""
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(allowed.split(", ")):
        answer = await alice.rechat.request(method, path)
        refusal_of(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == set(allowed.split(", "))
