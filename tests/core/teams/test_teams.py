"""Founding, joining, keys: who may come in, and how far they reach."""

from uuid import uuid4

import pytest

from tests.people import Person, new_person, new_team
from touchbook.core.caller import Role, Scope, Visibility
from touchbook.core.errors import Conflict, Forbidden, Invalid, NotFound, Unauthenticated
from touchbook.core.teams.acting import act_as
from touchbook.core.teams.authenticating import authenticate_key
from touchbook.core.teams.founding import found_team
from touchbook.core.teams.issuing import issue_key, revoke_key
from touchbook.core.teams.joining import join_team
from touchbook.core.teams.key import read_key_text
from touchbook.core.teams.queries import find_team, find_user, list_users
from touchbook.core.teams.showing import show_contacts
from touchbook.core.teams.team import Team
from touchbook.store.postgres import Store


async def key_of(store: Store, person: Person, scope: Scope, dialects: list[str] | None = None) -> str:
    async with store.transaction() as tx:
        return await issue_key(tx, team_id=person.team.id, user_id=person.user_id, scope=scope, dialects=dialects)


async def test_a_teams_name_is_used_once(store: Store) -> None:
    team = await new_team(store)
    with pytest.raises(Conflict):
        async with store.transaction() as tx:
            await found_team(tx, name=team.name)


@pytest.mark.parametrize(
    ("name", "zone"), [("", "UTC"), ("  ", "UTC"), ("Elm", "Mars/Base"), ("Elm", ""), ("Elm", "../x")]
)
async def test_a_team_needs_a_name_and_a_zone(store: Store, name: str, zone: str) -> None:
    with pytest.raises(Invalid):
        async with store.transaction() as tx:
            await found_team(tx, name=name and f"{name}{uuid4()}" if name.strip() else name, zone=zone)


async def test_a_person_of_two_teams_stays_one_user(store: Store, alice: Person, charlie: Person) -> None:
    async with store.reading() as reader:
        [user] = await list_users(reader, alice.team.id)
    async with store.transaction() as tx:
        again = await join_team(tx, team_id=charlie.team.id, email=user.email.upper(), role="read_only")
    assert (again.id, again.uid, again.role) == (user.id, user.uid, "read_only")
    async with store.reading() as reader:
        assert {one.id for one in await list_users(reader, charlie.team.id)} == {charlie.user_id, user.id}
        found = await find_user(reader, alice.team.id, email=user.email)
    assert found is not None
    assert found.role == "admin"


async def test_nobody_joins_twice(store: Store, alice: Person) -> None:
    async with store.reading() as reader:
        [user] = await list_users(reader, alice.team.id)
    with pytest.raises(Conflict):
        async with store.transaction() as tx:
            await join_team(tx, team_id=alice.team.id, email=user.email)


@pytest.mark.parametrize("email", ["", "alice", "@", "alice@", "@example.com"])
async def test_an_address_must_be_one(store: Store, alice: Person, email: str) -> None:
    with pytest.raises(Invalid):
        async with store.transaction() as tx:
            await join_team(tx, team_id=alice.team.id, email=email)


@pytest.mark.parametrize(
    ("role", "scope", "reach"),
    [
        ("admin", "admin", "admin"),
        ("admin", "write", "write"),
        ("admin", "read", "read"),
        ("member", "admin", "write"),
        ("member", "write", "write"),
        ("member", "read", "read"),
        ("read_only", "admin", "read"),
        ("read_only", "write", "read"),
    ],
)
async def test_a_key_never_reaches_beyond_the_role(
    store: Store, server: str, alice: Person, role: Role, scope: Scope, reach: Scope
) -> None:
    person = await new_person(store, server, alice.team, "Rita", role=role, scope=scope)
    assert person.caller.scope == reach
    order: list[Scope] = ["read", "write", "admin"]
    for asked in order:
        if order.index(asked) <= order.index(reach):
            person.caller.require(asked)
        else:
            with pytest.raises(Forbidden):
                person.caller.require(asked)


async def test_a_key_is_known_by_its_secret_alone(store: Store, alice: Person, charlie: Person) -> None:
    key, other = await key_of(store, alice, "read"), await key_of(store, charlie, "read")
    parts, foreign = read_key_text(key), read_key_text(other)
    assert parts is not None
    assert foreign is not None
    async with store.reading() as reader:
        caller = await authenticate_key(reader, key, surface="ysuite")
        assert (caller.team_id, caller.user_id, caller.key_id) == (alice.team.id, alice.user_id, parts.id)
        assert (caller.team_zone.key, caller.zone.key, caller.surface) == (
            alice.team.zone,
            alice.team.zone,
            "ysuite",
        )
        wrong = f"tb_{parts.id}_{foreign.secret}", f"tb_{foreign.id}_{parts.secret}", key[:-1], key + "x"
        for text in (
            *wrong,
            "",
            "tb",
            "tb__",
            "tb_1",
            "tb_x_y",
            "xx_1_y",
            f"tb_{10**30}_y",
            "tb_\u0663_y",
            "tb_-1_y",
        ):
            with pytest.raises(Unauthenticated):
                await authenticate_key(reader, text, surface="ysuite")
        stored = await reader.fetch_value("select k.hash from keys k where k.id = $1", parts.id)
    assert parts.secret.encode() not in stored


async def test_a_revoked_key_is_unknown(store: Store, alice: Person) -> None:
    key = await key_of(store, alice, "read")
    parts = read_key_text(key)
    assert parts is not None
    for _ in range(2):
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=parts.id)
    async with store.reading() as reader:
        with pytest.raises(Unauthenticated):
            await authenticate_key(reader, key, surface="ysuite")
    with pytest.raises(NotFound):
        async with store.transaction() as tx:
            await revoke_key(tx, key_id=2**62)


async def test_a_key_may_be_for_some_dialects_alone(store: Store, alice: Person) -> None:
    key = await key_of(store, alice, "read", dialects=["ysuite"])
    async with store.reading() as reader:
        await authenticate_key(reader, key, surface="ysuite")
        with pytest.raises(Forbidden):
            await authenticate_key(reader, key, surface="close")


async def test_who_has_left_has_no_key(store: Store, bob: Person) -> None:
    async with store.transaction() as tx:
        await tx.execute(
            "update members set left_at = $3 where team_id = $1 and user_id = $2", bob.team.id, bob.user_id, tx.now
        )
    async with store.reading() as reader:
        with pytest.raises(Unauthenticated):
            await authenticate_key(reader, bob.key, surface="ysuite")


@pytest.mark.parametrize(("role", "own"), [("read_only", True), ("member", True), ("admin", False)])
async def test_whose_contacts_a_member_sees_is_the_teams_to_say(
    store: Store, server: str, team: Team, role: Role, own: bool
) -> None:
    person = await new_person(store, server, team, "Dora", role=role, scope="admin")
    steps: list[tuple[Visibility, bool]] = [("team", False), ("owner", own), ("owner", own), ("team", False)]
    for to, only in steps:
        async with store.transaction() as tx:
            await show_contacts(tx, act_as(team, None, surface="test"), to=to)
            found = await find_team(tx, team.name)
            assert found is not None
            [user] = await list_users(tx, team.id)
            by_key = await authenticate_key(tx, person.key, surface="rechat")
        callers = [by_key, act_as(found, user, surface="cli")]
        assert [caller.own_contacts_only for caller in callers] == [only, only]
        assert not act_as(found, None, surface="cli").own_contacts_only


async def test_a_teams_region_reaches_every_caller(store: Store, server: str) -> None:
    async with store.transaction() as tx:
        team = await found_team(tx, name=f"Elm {uuid4()}", zone="Europe/Berlin", region="DE")
    person = await new_person(store, server, team, "Dora")
    assert (person.caller.region, act_as(team, None, surface="cli").region) == ("DE", "DE")
