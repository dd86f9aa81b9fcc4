"""What becomes of members, keys, passwords and clients is told to the teams that it concerns."""

import msgspec
import pytest

from tests.people import Person
from touchbook.core.errors import NotFound
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.key import read_key_text
from touchbook.core.teams.leaving import leave_team
from touchbook.core.teams.password import hash_password
from touchbook.core.teams.queries import list_users
from touchbook.core.teams.registering import register_client, remove_client
from touchbook.core.teams.securing import set_password
from touchbook.store.postgres import Store

Told = list[tuple[str, int, dict[str, object]]]


async def told_to(store: Store, person: Person, *, since: int = 0) -> Told:
    """Kind, id of the subject and changes of the team's events, all but the first `since`."""
    async with store.reading() as reader:
        rows = await reader.fetch(
            """select e.kind, e.subject_id, e.actor_id, e.surface, e.changes from events e
            where e.team_id = $1 order by e.id""",
            person.team.id,
        )
    return [(row["kind"], row["subject_id"], msgspec.json.decode(row["changes"])) for row in rows[since:]]


async def test_who_joins_and_each_key(store: Store, alice: Person, charlie: Person) -> None:
    async with store.reading() as reader:
        [user] = await list_users(reader, charlie.team.id)
    before, theirs = len(await told_to(store, alice)), await told_to(store, charlie)
    async with store.transaction() as tx:
        await join_team(tx, team_id=alice.team.id, email=user.email, role="read_only")
        key = await issue_key(
            tx, team_id=alice.team.id, user_id=user.id, scope="read", name="connector", dialects=["close"]
        )
    key_id = id_of(key)
    for _ in range(2):
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=key_id)
    uid = str(user.uid)
    made = {"name": "connector", "scope": "read", "dialects": ["close"], "user": uid}
    assert await told_to(store, alice, since=before) == [
        ("member.joined", user.id, {"user": uid, "role": "read_only"}),
        ("key.created", key_id, made),
        ("key.revoked", key_id, {"user": uid}),
    ]
    assert await told_to(store, charlie) == theirs


async def test_a_member_who_leaves_loses_each_key(store: Store, alice: Person, bob: Person) -> None:
    async with store.transaction() as tx:
        second = await issue_key(tx, team_id=bob.team.id, user_id=bob.user_id, scope="read")
    before = len(await told_to(store, bob))
    for _ in range(2):
        async with store.transaction() as tx:
            await leave_team(tx, act_as(bob.team, None, surface="test"), user_id=bob.user_id)
    kinds = [(kind, subject) for kind, subject, _ in await told_to(store, bob, since=before)]
    assert kinds == [
        ("member.left", bob.user_id),
        ("key.revoked", id_of(bob.key)),
        ("key.revoked", id_of(second)),
    ]


async def test_a_password_is_told_to_the_persons_teams(
    store: Store, alice: Person, bob: Person, charlie: Person
) -> None:
    async with store.reading() as reader:
        email = await reader.fetch_value("select u.email from users u where u.id = $1", bob.user_id)
    async with store.transaction() as tx:
        await join_team(tx, team_id=charlie.team.id, email=email)
        await leave_team(tx, bob.caller, user_id=bob.user_id)
    before = [len(await told_to(store, each)) for each in (bob, charlie)]
    async with store.transaction() as tx:
        await set_password(tx, user_id=bob.user_id, password_hash=hash_password("a new one"))
    assert await told_to(store, bob, since=before[0]) == []
    assert await told_to(store, charlie, since=before[1]) == [("user.password_changed", bob.user_id, {})]


async def test_a_client_is_told_to_every_team(store: Store, alice: Person, charlie: Person) -> None:
    before = [len(await told_to(store, each)) for each in (alice, charlie)]
    async with store.transaction() as tx:
        client = await register_client(tx, name="Phone")
    for _ in range(2):
        async with store.transaction() as tx:
            await remove_client(tx, uid=client.uid)
    with pytest.raises(NotFound):
        async with store.transaction() as tx:
            await remove_client(tx, uid=str(alice.caller.user_uid))
    for person, count in zip((alice, charlie), before, strict=True):
        told = [(kind, changes) for kind, _, changes in await told_to(store, person, since=count)]
        assert told == [("client.created", {"name": "Phone"}), ("client.deleted", {"name": "Phone"})]


def id_of(key: str) -> int:
    parts = read_key_text(key)
    assert parts is not None
    return parts.id
