from typing import Any

import pytest

from tests.dialects.rechat.records import NEVER, NO_UIDS, a, everything, new_contact, new_contacts
from tests.dialects.rechat.wire import done, ids_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


@pytest.mark.req("RC-068")
async def test_many_go_at_once(alice: Person, bob: Person) -> None:
    made = [contact["id"] for contact in await new_contacts(alice, *[[a("note", "x")]] * 6)]
    done(await bob.rechat.request("DELETE", "/contacts", json={"ids": [made[0], made[0].upper()]}))
    done(await alice.rechat.delete("/contacts", params={"ids[]": made[1:3]}))
    done(await alice.rechat.delete("/contacts", params={"ids": ",".join(made[3:5])}))
    assert ids_of(await alice.rechat.get("/contacts"), total=1) == made[5:]
    assert ids_of(await alice.rechat.post("/contacts/filter", json={}), total=1) == made[5:]
    done(await alice.rechat.delete("/contacts", params={"ids": ""}))
    done(await alice.rechat.delete("/contacts?ids[]="))
    assert ids_of(await alice.rechat.get("/contacts"), total=1) == made[5:]
    for uid in made[:5]:
        refusal_of(await alice.rechat.get(f"/contacts/{uid}"), 404)
    done(await alice.rechat.request("DELETE", "/contacts", json={"ids": []}))
    assert ids_of(await alice.rechat.get("/contacts"), total=1) == made[5:]


@pytest.mark.req("RC-069")
async def test_one_goes(store: Store, alice: Person, bob: Person) -> None:
    made, other = await new_contact(alice), await new_contact(alice)
    done(await bob.rechat.delete(f"/contacts/{made['id']}"))
    for method in ("GET", "DELETE"):
        refusal_of(await alice.rechat.request(method, f"/contacts/{made['id']}"), 404)
    assert await everything(alice) == [other]
    async with store.reading() as reader:
        row = await reader.fetch_row(
            "select deleted_at, deleted_for, updated_by from contacts where team_id = $1 and uid = $2",
            alice.team.id,
            made["id"],
        )
    assert row is not None
    assert row["deleted_at"] is not None
    assert (row["deleted_for"], row["updated_by"]) == ("direct_request", bob.user_id)


async def test_one_that_is_not_there_undoes_all(alice: Person, charlie: Person) -> None:
    made, theirs = await new_contact(alice), await new_contact(charlie)
    for uid in (NEVER, theirs["id"]):
        ids = [made["id"], uid]
        refusal_of(await alice.rechat.request("DELETE", "/contacts", json={"ids": ids}), 404)
        refusal_of(await alice.rechat.delete("/contacts", params={"ids": ",".join(ids)}), 404)
    assert (await everything(alice), await everything(charlie)) == ([made], [theirs])


@pytest.mark.parametrize(
    "sent", [{}, {"ids": None}, {"ids": "x"}, {"ids": [5]}, {"ids": ["x"]}, {"ids": [NEVER] * 1001}]
)
async def test_wrong_ids_are_refused(alice: Person, sent: Any) -> None:
    made = await new_contact(alice)
    assert refusal_of(await alice.rechat.request("DELETE", "/contacts", json=sent), 400).keys() == {"ids"}
    if sent.get("ids"):
        both = [made["id"], *sent["ids"]] if isinstance(sent["ids"], list) else sent["ids"]
        assert refusal_of(await alice.rechat.request("DELETE", "/contacts", json={"ids": both}), 400).keys() == {
            "ids"
        }
    assert await everything(alice) == [made]


@pytest.mark.parametrize("text", NO_UIDS)
async def test_what_is_no_uuid_is_refused(alice: Person, text: str) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.delete("/contacts", params={"ids": f"{made['id']},{text}"})
    assert refusal_of(answer, 400).keys() == {"ids"}
    assert await everything(alice) == [made]


async def test_without_a_body_nothing_goes(alice: Person) -> None:
    made = await new_contact(alice)
    assert refusal_of(await alice.rechat.delete("/contacts"), 400).keys() == {"ids"}
    assert await everything(alice) == [made]


async def test_a_key_to_read_may_not_delete(store: Store, alice: Person) -> None:
    made = await new_contact(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.delete(f"/contacts/{made['id']}"), 403)
    refusal_of(await reader.request("DELETE", "/contacts", json={"ids": [made["id"]]}), 403)
    assert await everything(alice) == [made]


async def test_ids_of_query_and_body_go_together(alice: Person) -> None:
    made = [contact["id"] for contact in await new_contacts(alice, *[[a("note", "x")]] * 3)]
    done(await alice.rechat.request("DELETE", "/contacts", json={"ids": made[:1]}, params={"ids": made[1]}))
    assert ids_of(await alice.rechat.get("/contacts"), total=1) == made[2:]
    answer = await alice.rechat.request("DELETE", "/contacts", json={"ids": ["x"]}, params={"ids": made[2]})
    assert refusal_of(answer, 400).keys() == {"ids"}
    assert ids_of(await alice.rechat.get("/contacts"), total=1) == made[2:]
