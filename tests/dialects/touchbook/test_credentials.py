"""Who may come in, and for which team."""

import pytest

from tests.dialects.touchbook.records import NEVER
from tests.dialects.touchbook.wire import data_of, refusal_of
from tests.people import Person, bearer_headers, close_headers, new_key, new_team, touchbook_client
from tests.signing_in import desk_of
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.queries import list_users
from touchbook.store.postgres import Store


async def test_a_key_as_bearer_or_as_basic_user_name(alice: Person) -> None:
    client = touchbook_client(alice.url, "")
    for headers in (bearer_headers(alice.key), close_headers(alice.key)):
        assert data_of(await client.get("/team", headers=headers))["id"] == str(alice.team.uid)


@pytest.mark.parametrize("key", ["x", "tb_1_x", "tba_1_x"])
async def test_nobody_else(alice: Person, key: str) -> None:
    answer = await touchbook_client(alice.url, "").get("/team", headers={"authorization": f"Bearer {key}"})
    refusal_of(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_token_names_its_team(store: Store, alice: Person) -> None:
    other = await new_team(store)
    async with store.transaction() as tx:
        [user] = [user for user in await list_users(tx, alice.team.id) if user.id == alice.user_id]
        await join_team(tx, team_id=other.id, email=user.email, role="member")
    token = (await (await desk_of(store, alice)).tokens())["access_token"]
    client = touchbook_client(alice.url, token)
    for named, shown in (({}, alice.team), ({"x-touchbook-team": str(other.uid)}, other)):
        assert data_of(await client.get("/team", headers=named))["id"] == str(shown.uid)


async def test_a_team_that_is_not_ones_own(alice: Person, charlie: Person) -> None:
    for uid in (str(charlie.team.uid), NEVER):
        refusal_of(await alice.touchbook.get("/team", headers={"x-touchbook-team": uid}), 403)
    assert refusal_of(await alice.touchbook.get("/team", headers={"x-touchbook-team": "x"}), 400).keys() == {
        "team"
    }
    own = {"x-touchbook-team": str(alice.team.uid)}
    assert data_of(await alice.touchbook.get("/team", headers=own))["name"] == alice.team.name


async def test_a_key_for_another_dialect(store: Store, alice: Person) -> None:
    async with store.transaction() as tx:
        key = await issue_key(tx, team_id=alice.team.id, user_id=alice.user_id, scope="read", dialects=["rechat"])
    refusal_of(await touchbook_client(alice.url, key).get("/team"), 403)
    data_of(await touchbook_client(alice.url, await new_key(store, alice, "read")).get("/team"))


async def test_nothing_else_is_here(alice: Person) -> None:
    for path in ("/", "/tasks", "/contacts", "/lists/x/y/z"):
        assert refusal_of(await alice.touchbook.get(path), 404).startswith("The path /touchbook/v1")
