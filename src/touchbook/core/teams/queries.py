from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound, UnknownRecord
from touchbook.core.folding import same
from touchbook.core.teams.key import Key
from touchbook.core.teams.team import Team
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader, Transaction

_TEAM = "t.id, t.uid, t.name, t.zone, t.region, t.contacts_visible, t.created_at, t.updated_at"
USER_COLUMNS = """u.id, u.uid, m.uid as member_uid, u.email, u.first_name, u.last_name, u.phone_number, u.zone,
    m.role, u.profile, u.password_hash is not null as has_password, u.created_at, u.updated_at, u.deleted_at"""


async def find_team(reader: Reader, name: str) -> Team | None:
    row = await reader.fetch_row(f"select {_TEAM} from teams t where t.name = $1", name)
    return Team(**row) if row else None


async def list_teams(reader: Reader, *, email: str | None = None) -> list[Team]:
    """Return all teams, or those of the user with that address."""
    rows = await reader.fetch(
        f"""select {_TEAM} from teams t
        where $1::text is null or t.id in (select m.team_id from members m join users u on u.id = m.user_id
            where u.email_key = $1 and m.left_at is null and u.deleted_at is null)
        order by t.name""",
        None if email is None else same(email),
    )
    return [Team(**row) for row in rows]


async def team_of(reader: Reader, caller: Caller) -> Team:
    row = await reader.fetch_row(f"select {_TEAM} from teams t where t.id = $1", caller.team_id)
    assert row is not None
    return Team(**row)


async def find_user(reader: Reader, team_id: int, *, email: str, left_too: bool = False) -> User | None:
    """Return a member, or with `left_too` also one who has left the team."""
    row = await reader.fetch_row(
        f"""select {USER_COLUMNS} from members m join users u on u.id = m.user_id
        where m.team_id = $1 and u.email_key = $2 and ($3 or m.left_at is null)
        and u.deleted_at is null""",
        team_id,
        same(email),
        left_too,
    )
    return User(**row) if row else None


class SignInAccount(NamedTuple):
    """The user who signs in, and the argon2id text of their password, if they have one."""

    user_id: int
    password_hash: str | None


async def find_account(reader: Reader, email: str) -> SignInAccount | None:
    """Find a user who is a member of at least one team."""
    row = await reader.fetch_row(_ACCOUNT, same(email))
    return SignInAccount(*row) if row else None


async def lock_account(tx: Transaction, email: str) -> SignInAccount | None:
    """Find and lock the account: a transaction that revokes its sign-ins waits, and then revokes this one too."""
    # A shared lock: sign-ins of one person may run at once, but not beside a change of the password.
    row = await tx.fetch_row(f"{_ACCOUNT} for share of u", same(email))
    return SignInAccount(*row) if row else None


_ACCOUNT = """
select u.id, u.password_hash from users u
where u.email_key = $1 and u.deleted_at is null
and exists (select from members m where m.user_id = u.id and m.left_at is null)
"""


async def lock_team(tx: Transaction, caller: Caller) -> None:
    """Let what counts for the whole team come one after the other."""
    await tx.execute("select from teams t where t.id = $1 for no key update", caller.team_id)


async def list_users(reader: Reader, team_id: int) -> list[User]:
    rows = await reader.fetch(
        f"""select {USER_COLUMNS} from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.left_at is null and u.deleted_at is null order by u.id""",
        team_id,
    )
    return [User(**row) for row in rows]


async def find_member(reader: Reader, caller: Caller, uid: UUID) -> User:
    """NotFound for a user who is no member of the caller's team now."""
    row = await reader.fetch_row(
        f"""select {USER_COLUMNS} from members m join users u on u.id = m.user_id
        where m.team_id = $1 and u.uid = $2 and m.left_at is null and u.deleted_at is null""",
        caller.team_id,
        uid,
    )
    if row is None:
        raise NotFound("user", uid)
    return User(**row)


async def find_self(reader: Reader, caller: Caller) -> tuple[User, str]:
    """Return the caller's user, and the name of the team."""
    row = await reader.fetch_row(
        f"""select {USER_COLUMNS}, t.name as team from members m join users u on u.id = m.user_id
        join teams t on t.id = m.team_id where m.team_id = $1 and m.user_id = $2""",
        caller.team_id,
        caller.user_id,
    )
    assert row is not None
    members = dict(row)
    team: str = members.pop("team")
    return User(**members), team


async def users_by_id(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, User]:
    """Return members of the caller's team, including those who left, so that their records still show a name."""
    if not ids:
        return {}
    rows = await reader.fetch(
        f"""select {USER_COLUMNS} from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.user_id = any($2::bigint[])""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: User(**row) for row in rows}


async def user_uids(reader: Reader, caller: Caller, ids: Collection[int]) -> dict[int, UUID]:
    """Return the uids of members of the caller's team, including those who left."""
    if not ids:
        return {}
    rows = await reader.fetch(
        """select u.id, u.uid from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.user_id = any($2::bigint[])""",
        caller.team_id,
        list(ids),
    )
    return {row["id"]: row["uid"] for row in rows}


def uid_of_user(user: str) -> str:
    """Return SQL for the uid of the user in that column of a row of the team."""
    return f"(select u.uid from users u where u.id = {user})"


def uids_of_users(ids: str) -> str:
    """Return SQL for a JSON object of uids by id, for the users in a select on rows of the team."""
    return f"(select json_object_agg(u.id, u.uid) from users u where u.id = any(array({ids})))"


async def user_ids_of(reader: Reader, caller: Caller, uids: Collection[UUID]) -> dict[UUID, int]:
    """Return present members only."""
    if not uids:
        return {}
    rows = await reader.fetch(
        """select u.id, u.uid from members m join users u on u.id = m.user_id
        where m.team_id = $1 and u.uid = any($2::uuid[]) and m.left_at is null and u.deleted_at is null""",
        caller.team_id,
        list(uids),
    )
    return {row["uid"]: row["id"] for row in rows}


async def user_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    """Return the member of the caller's team with this user uid."""
    found: int | None = await reader.fetch_value(
        """select m.user_id from members m join users u on u.id = m.user_id
        where m.team_id = $1 and u.uid = $2 and m.left_at is null and u.deleted_at is null""",
        caller.team_id,
        uid,
    )
    return found


async def member_user_id_of(reader: Reader, caller: Caller, uid: UUID) -> int | None:
    """Return the user of a membership."""
    found: int | None = await reader.fetch_value(
        "select m.user_id from members m where m.team_id = $1 and m.uid = $2 and m.left_at is null",
        caller.team_id,
        uid,
    )
    return found


async def known_members(reader: Reader, team_id: int, user_ids: Collection[int]) -> set[int]:
    """Return those of `user_ids` who are members of the team now."""
    rows = await reader.fetch(
        """select m.user_id from members m
        where m.team_id = $1 and m.user_id = any($2::bigint[]) and m.left_at is null""",
        team_id,
        list(user_ids),
    )
    return {row["user_id"] for row in rows}


async def check_member(reader: Reader, caller: Caller, user_id: int) -> None:
    if user_id not in await known_members(reader, caller.team_id, [user_id]):
        raise UnknownRecord("user", user_id)


async def list_keys(reader: Reader) -> Sequence[Key]:
    rows = await reader.fetch(
        """select k.id, k.name, k.scope, k.dialects, u.email, t.name as team,
            k.created_at, k.last_used_at, k.revoked_at
        from keys k join users u on u.id = k.user_id join teams t on t.id = k.team_id order by k.id"""
    )
    return [Key(**row) for row in rows]


async def note_key_use(tx: Transaction, uses: Mapping[int, datetime]) -> None:
    """Record when each key was last used, in one statement."""
    await tx.execute(
        """update keys k set last_used_at = greatest(k.last_used_at, used.at)
        from unnest($1::bigint[], $2::timestamptz[]) as used (id, at) where k.id = used.id""",
        list(uses.keys()),
        list(uses.values()),
    )
