import hmac
from uuid import UUID
from zoneinfo import ZoneInfo

from touchbook.core.caller import Caller, narrowest, sees_own_only
from touchbook.core.errors import Forbidden, Invalid, NotFound, Unauthenticated
from touchbook.core.identity import read_uid
from touchbook.core.teams.key import KeyText, hash_secret, read_key_text, read_secret_text
from touchbook.core.teams.token import PREFIXES
from touchbook.core.transaction import Reader, Row


async def authenticate(reader: Reader, text: str, *, surface: str, team: str | None = None) -> Caller:
    """Return the member that the key or access token belongs to.

    `team` is the uid of the requested team, as it was sent. Errors: Unauthenticated for an unknown one; Forbidden
    if the key is not for `surface` or the user not in the team; Invalid if `team` is no uid.
    """
    if text.startswith(PREFIXES["access"]):
        return await authenticate_token(reader, text, surface=surface, team=team)
    return await authenticate_key(reader, text, surface=surface, team=team)


async def authenticate_key(reader: Reader, text: str, *, surface: str, team: str | None = None) -> Caller:
    """A key belongs to a member in one team, and is valid for no other (A-02)."""
    key = read_key_text(text)
    row = await reader.fetch_row(_KEY_WITH_MEMBER, key.id) if key else None
    return _member(row, key, surface, team)


async def authenticate_token(reader: Reader, text: str, *, surface: str, team: str | None = None) -> Caller:
    """A token belongs to a user: in the requested team, or else in the one that they joined first (A-02)."""
    token = read_secret_text(text, PREFIXES["access"])
    wanted = None if team is None else read_uid(team)
    row = await reader.fetch_row(_TOKEN_WITH_MEMBER, token.id, reader.now, wanted) if token else None
    return _member(row, token, surface, team)


async def team_caller(reader: Reader, team_id: int, *, surface: str = "worker") -> Caller:
    """Return Touchbook itself as the caller, for scheduled work and for commands on the server."""
    row = await reader.fetch_row("select uid, zone, region from teams where id = $1", team_id)
    if row is None:
        raise NotFound("team", team_id)
    zone = ZoneInfo(row["zone"])
    return Caller(
        team_id=team_id,
        team_uid=row["uid"],
        user_id=None,
        user_uid=None,
        scope="admin",
        zone=zone,
        team_zone=zone,
        surface=surface,
        region=row["region"],
    )


async def member_caller(reader: Reader, team_id: int, user_id: int, *, surface: str) -> Caller:
    """Return the user of a signed link as the caller. Forbidden if they are no member any more."""
    row = await reader.fetch_row(_MEMBER_OF_TEAM, team_id, user_id)
    if row is None:
        raise Forbidden("The user of this link is not a member of the team any more.")
    return _caller(row, surface)


def _member(row: Row | None, text: KeyText | None, surface: str, team: str | None) -> Caller:
    # Every failure is the same error: a client must not learn whether the key exists.
    if row is None or text is None or not hmac.compare_digest(hash_secret(text.secret), row["hash"]):
        raise Unauthenticated
    if row["dialects"] is not None and surface not in row["dialects"]:
        raise Forbidden(f"This key is not for {surface}.")
    if team is not None:
        _check_team(row["team_uid"], team)
    return _caller(row, surface)


def _caller(row: Row, surface: str) -> Caller:
    team_zone = ZoneInfo(row["team_zone"])
    return Caller(
        team_id=row["team_id"],
        team_uid=row["team_uid"],
        user_id=row["user_id"],
        user_uid=row["user_uid"],
        scope=narrowest(row["role"], row["scope"]),
        zone=ZoneInfo(row["user_zone"]) if row["user_zone"] else team_zone,
        team_zone=team_zone,
        surface=surface,
        key_id=row["key_id"],
        grant_id=row["grant_id"],
        region=row["region"],
        own_contacts_only=sees_own_only(row["contacts_visible"], row["role"]),
    )


def _check_team(uid: UUID, team: str) -> None:
    wanted = read_uid(team)
    if wanted is None:
        raise Invalid({"team": [f'"{team}" is not a uuid.']})
    if wanted != uid:
        raise Forbidden(f"You are not a member of {wanted}.")


_MEMBER = """m.team_id, t.uid as team_uid, m.user_id, u.uid as user_uid, m.role, u.zone as user_zone,
    t.zone as team_zone, t.region, t.contacts_visible"""

_KEY_WITH_MEMBER = f"""
select k.id as key_id, null as grant_id, k.hash, k.scope, k.dialects, {_MEMBER}
from keys k
join members m on m.team_id = k.team_id and m.user_id = k.user_id
join users u on u.id = k.user_id
join teams t on t.id = k.team_id
where k.id = $1 and k.revoked_at is null and m.left_at is null and u.deleted_at is null
"""

_TOKEN_WITH_MEMBER = f"""
select g.key_id, g.id as grant_id, o.hash, coalesce(k.scope, 'admin') as scope, k.dialects, {_MEMBER}
from tokens o
join grants g on g.id = o.grant_id and g.revoked_at is null
join clients c on c.id = g.client_id and c.removed_at is null
left join keys k on k.id = g.key_id
join members m on m.user_id = g.user_id and m.team_id = coalesce(k.team_id, m.team_id) and m.left_at is null
join users u on u.id = g.user_id and u.deleted_at is null
join teams t on t.id = m.team_id
where o.id = $1 and o.kind = 'access' and o.expires_at > $2 and (g.key_id is null or k.revoked_at is null)
order by t.uid = $3 desc nulls last, m.created_at, m.team_id limit 1
"""

_MEMBER_OF_TEAM = f"""
select null as key_id, null as grant_id, 'read' as scope, {_MEMBER}
from members m
join users u on u.id = m.user_id
join teams t on t.id = m.team_id
where m.team_id = $1 and m.user_id = $2 and m.left_at is null and u.deleted_at is null
"""
