"""People leave a team: what lets them in ends, what they did stays theirs by name."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from tests.factories import task_of
from tests.people import Person, close_client, new_key, new_person, new_team, rechat_client, touchbook_client
from tests.signing_in import Desk, desk_of, given, later, refused, status
from touchbook.core.errors import Conflict, NotFound
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.issuing import issue_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.leaving import leave_team
from touchbook.core.teams.queries import find_user
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.store.postgres import Store

NOW = timedelta(0)


async def leave(store: Store, person: Person, team: Team | None = None) -> bool:
    async with store.transaction() as tx:
        return await leave_team(tx, act_as(team or person.team, None, surface="test"), user_id=person.user_id)


async def join(store: Store, team: Team, email: str, **members: Any) -> User:
    async with store.transaction() as tx:
        return await join_team(tx, team_id=team.id, email=email, **members)


@pytest.fixture
async def desk(store: Store, bob: Person) -> Desk:
    return await desk_of(store, bob)


async def test_keys_tokens_and_sign_ins_end(store: Store, alice: Person, bob: Person, desk: Desk) -> None:
    """At a server that remembers nobody; the rest of the team works on."""
    keys = [bob.key, await new_key(store, bob, "read")]
    by_password, by_key = await desk.tokens(), given(await desk.refresh(bob.key))
    tokens = [by_password["access_token"], by_key["access_token"]]
    async with later(store, NOW) as url:
        there = desk.at(url)
        assert [await status(url, text) for text in (*keys, *tokens)] == [200] * 4
    assert await leave(store, bob) is True
    async with later(store, NOW) as url:
        there = desk.at(url)
        assert [await status(url, text) for text in (*keys, *tokens)] == [401] * 4
        assert refused(await there.refresh(by_password["refresh_token"]))
        assert refused(await there.refresh(bob.key))
        assert refused(await there.sign_in())
        assert await status(url, alice.key) == 200


async def test_leaving_again_changes_nothing(store: Store, bob: Person) -> None:
    await leave(store, bob)
    before = await _events(store, bob)
    assert await leave(store, bob) is False
    assert await _events(store, bob) == before == ["member.joined", "member.left"]


async def test_another_team_is_theirs_still(store: Store, bob: Person, desk: Desk, charlie: Person) -> None:
    """By a new sign-in: a program that was signed in for one team is never let into another unasked."""
    user = await join(store, charlie.team, desk.name)
    async with store.transaction() as tx:
        elsewhere = await issue_key(tx, team_id=charlie.team.id, user_id=user.id, scope="write")
    tokens = await desk.tokens()
    assert tokens["data"]["active_brand"] == str(bob.team.uid)
    await leave(store, bob)
    async with later(store, NOW) as url:
        there = desk.at(url)
        assert await status(url, tokens["access_token"]) == 401
        assert refused(await there.refresh(tokens["refresh_token"]))
        assert await status(url, elsewhere) == 200
        anew = await there.tokens()
        assert anew["data"]["active_brand"] == str(charlie.team.uid)
        foreign = {"x-rechat-brand": str(bob.team.uid)}
        answer = await rechat_client(url, anew["access_token"]).get("/contacts", headers=foreign)
        assert answer.status_code == 403


async def test_the_last_admin_stays(store: Store, server: str, alice: Person, bob: Person) -> None:
    with pytest.raises(Conflict, match="last admin"):
        await leave(store, alice)
    async with later(store, NOW) as url:
        assert await status(url, alice.key) == 200
    second = await new_person(store, server, alice.team, "Ann", role="admin", scope="admin")
    assert await leave(store, alice) is True
    with pytest.raises(Conflict):
        await leave(store, second)
    assert await leave(store, bob) is True


async def test_the_last_two_admins_cannot_leave_it_to_each_other(store: Store, server: str, alice: Person) -> None:
    second = await new_person(store, server, alice.team, "Ann", role="admin", scope="admin")
    outcomes = await asyncio.gather(leave(store, alice), leave(store, second), return_exceptions=True)
    assert Counter(map(type, outcomes)) == {bool: 1, Conflict: 1}


async def test_an_admin_of_another_team_is_none_of_this(store: Store, alice: Person, charlie: Person) -> None:
    with pytest.raises(Conflict):
        await leave(store, alice)
    assert await leave(store, alice, charlie.team) is False


async def test_a_team_without_admins_lets_members_go(store: Store, server: str) -> None:
    assert await leave(store, await new_person(store, server, await new_team(store), "Solo")) is True


async def test_whoever_left_can_be_added_again(store: Store, bob: Person, desk: Desk, charlie: Person) -> None:
    """It is the same person under the same membership; keys and tokens of before stay ended."""
    async with store.reading() as reader:
        before = await find_user(reader, bob.team.id, email=desk.name)
    assert before is not None
    await join(store, charlie.team, desk.name)
    tokens, by_key = await desk.tokens(), given(await desk.refresh(bob.key))
    await leave(store, bob)
    back = await join(store, bob.team, desk.name.upper(), role="read_only")
    assert (back.id, back.uid, back.member_uid, back.role) == (
        before.id,
        before.uid,
        before.member_uid,
        "read_only",
    )
    async with later(store, NOW) as url:
        for text in (bob.key, tokens["access_token"], by_key["access_token"]):
            assert await status(url, text) == 401
        assert refused(await desk.at(url).refresh(tokens["refresh_token"]))
        assert await status(url, await new_key(store, bob, "read")) == 200
        # The team that they joined first is the other one now.
        assert (await desk.at(url).tokens())["data"]["active_brand"] == str(charlie.team.uid)
    assert await leave(store, bob) is True


async def test_no_key_is_made_for_whoever_left(store: Store, bob: Person) -> None:
    await leave(store, bob)
    with pytest.raises(NotFound):
        await new_key(store, bob, "read")


async def test_a_key_that_is_being_made_ends_too(store: Store, bob: Person) -> None:
    async with store.transaction() as tx:
        key = await issue_key(tx, team_id=bob.team.id, user_id=bob.user_id, scope="read")
        leaving = asyncio.create_task(leave(store, bob))
        _, waiting = await asyncio.wait([leaving], timeout=0.3)
    assert waiting == {leaving}
    assert await leaving is True
    async with store.reading() as reader:
        email = await reader.fetch_value("select email from users where id = $1", bob.user_id)
    await join(store, bob.team, email)
    async with later(store, NOW) as url:
        assert await status(url, key) == 401


async def test_they_stay_in_what_they_did_and_come_into_nothing_new(
    store: Store, alice: Person, bob: Person
) -> None:
    theirs = await task_of(store, bob, "Old", assignees=[bob.user_id])
    await leave(store, bob)
    shown = (
        await alice.rechat.get(f"/crm/tasks/{theirs.uid}", params={"associations[]": "crm_task.assignees"})
    ).json()
    assert [each["id"] for each in shown["data"]["assignees"]] == [str(bob.caller.user_uid)]
    people = (await alice.close.get("/user/")).json()["data"]
    assert [each["first_name"] for each in people] == ["Alice"]
    new = {"title": "New", "task_type": "Call", "due_date": 1800000000, "assignees": [str(bob.caller.user_uid)]}
    refusal = await alice.rechat.post("/crm/tasks", json=new)
    assert refusal.status_code == 400, refusal.text


async def test_within_the_seconds_that_a_server_remembers(store: Store, bob: Person) -> None:
    """A request that is let in still finds who asks; no answer breaks."""
    for client, path in ((close_client, "/me/"), (touchbook_client, "/team")):
        assert (await client(bob.url, bob.key).get(path)).status_code == 200
    await leave(store, bob)
    for client, path in ((close_client, "/me/"), (touchbook_client, "/team")):
        assert (await client(bob.url, bob.key).get(path)).status_code in (200, 401)


async def _events(store: Store, person: Person) -> list[str]:
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind from events e
            where e.team_id = $1 and e.subject = 'member' and e.subject_id = $2 order by e.id""",
            person.team.id,
            person.user_id,
        )
    return [row["kind"] for row in rows]
