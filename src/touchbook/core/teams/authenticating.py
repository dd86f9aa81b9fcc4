import hmac
from zoneinfo import ZoneInfo

from touchbook.core.caller import Caller, narrowest
from touchbook.core.errors import Forbidden, NotFound, Unauthenticated
from touchbook.core.teams.key import hash_secret, read_key_text
from touchbook.core.transaction import Reader


async def authenticate_key(reader: Reader, text: str, *, surface: str) -> Caller:
    """The member behind a key. Unauthenticated if there is none; Forbidden if the key is not for `surface`."""
    key = read_key_text(text)
    row = await reader.fetch_row(_KEY_WITH_MEMBER, key.id) if key else None
    if key is None or row is None or not hmac.compare_digest(hash_secret(key.secret), row["hash"]):
        raise Unauthenticated
    if row["dialects"] is not None and surface not in row["dialects"]:
        raise Forbidden(f"This key is not for {surface}.")
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
        key_id=key.id,
    )


async def team_caller(reader: Reader, team_id: int) -> Caller:
    """Touchbook itself, working off what is due in a team."""
    row = await reader.fetch_row("select uid, zone from teams where id = $1", team_id)
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
        surface="worker",
    )


_KEY_WITH_MEMBER = """
select k.team_id, t.uid as team_uid, k.user_id, u.uid as user_uid, k.hash, k.scope, k.dialects,
    m.role, u.zone as user_zone, t.zone as team_zone
from keys k
join members m on m.team_id = k.team_id and m.user_id = k.user_id
join users u on u.id = k.user_id
join teams t on t.id = k.team_id
where k.id = $1 and k.revoked_at is null and m.left_at is null and u.deleted_at is null
"""
