from typing import Any

import pytest

from tests.dialects.rechat.records import ALL, NEVER, NO_UIDS, everything, me, new_contact, shown
from tests.dialects.rechat.wire import data_of, refusal_of
from tests.people import Person, new_key, rechat_client
from touchbook.store.postgres import Store


@pytest.mark.req("RC-070")
async def test_a_contact_is_given_to_another(alice: Person, bob: Person) -> None:
    made = await new_contact(alice)
    path = f"/contacts/{made['id']}/owner"
    given = data_of(await bob.rechat.put(path, json={"user": me(bob)}, params={"associations": ALL}))
    assert given == await shown(alice, made)
    assert given == {**made, "user_id": me(bob), "updated_at": given["updated_at"]}
    assert given["updated_at"] > made["updated_at"]
    assert given["updated_for"] == "direct_request"
    again = data_of(await alice.rechat.put(path, json={"user": me(bob)}))
    assert again["updated_at"] == given["updated_at"]
    assert "attributes" not in again


@pytest.mark.req("RC-071")
async def test_nobody_of_another_team_can_own_it(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    made = await new_contact(alice)
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = now() where team_id = $1 and user_id = $2", alice.team.id, bob.user_id
        )
    for nobody in (me(charlie), me(bob), NEVER):
        answer = await alice.rechat.put(f"/contacts/{made['id']}/owner", json={"user": nobody})
        assert refusal_of(answer, 400) == {"user": [f"There is no user {nobody}."]}
    assert await everything(alice) == [made]


@pytest.mark.parametrize("sent", [{}, {"user": None}, {"user": 5}, {"user": "x"}, {"user": {}}, {"owner": NEVER}])
async def test_a_wrong_owner_is_refused(alice: Person, sent: Any) -> None:
    made = await new_contact(alice)
    answer = await alice.rechat.put(f"/contacts/{made['id']}/owner", json=sent)
    assert refusal_of(answer, 400).keys() == {"user"}
    assert await everything(alice) == [made]


async def test_a_contact_that_is_not_there_cannot_be_given(alice: Person, charlie: Person) -> None:
    theirs = await new_contact(charlie)
    for uid in (NEVER, theirs["id"]):
        refusal_of(await alice.rechat.put(f"/contacts/{uid}/owner", json={"user": me(alice)}), 404)
    for text in NO_UIDS:
        refusal_of(await alice.rechat.put(f"/contacts/{text}/owner", json={"user": me(alice)}), 400)
    assert await everything(charlie) == [theirs]


async def test_a_key_to_read_may_not_give(store: Store, alice: Person, bob: Person) -> None:
    made = await new_contact(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.put(f"/contacts/{made['id']}/owner", json={"user": me(bob)}), 403)
    assert await everything(alice) == [made]
