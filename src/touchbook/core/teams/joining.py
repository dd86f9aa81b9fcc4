from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from touchbook.core.caller import Role
from touchbook.core.errors import Conflict, Invalid
from touchbook.core.events import record_event
from touchbook.core.folding import fold, same
from touchbook.core.identity import new_uid
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.founding import check_zone
from touchbook.core.teams.queries import find_user
from touchbook.core.teams.telling import SURFACE
from touchbook.core.teams.user import User
from touchbook.core.transaction import Transaction

NOTHING_SAID: Mapping[str, Any] = {}


async def join_team(
    tx: Transaction,
    *,
    team_id: int,
    email: str,
    role: Role = "member",
    first_name: str = "",
    last_name: str = "",
    phone_number: str | None = None,
    zone: str | None = None,
    password_hash: str | None = None,
    profile: Mapping[str, Any] = NOTHING_SAID,
    uid: UUID | None = None,
) -> User:
    """Make a person a member.

    A user of another team stays the same user. A person who had left gets the same membership back; their old keys
    stay revoked.
    """
    if "@" not in email.strip("@"):
        raise Invalid({"email": [f'"{email}" is not an e-mail address.']})
    if zone is not None:
        check_zone(zone)
    user_id = await tx.fetch_value("select id from users where email_key = $1 and deleted_at is null", same(email))
    if user_id is None:
        user_id = await tx.fetch_value(
            """insert into users
                (uid, email, first_name, last_name, phone_number, zone, password_hash, profile,
                created_at, updated_at, email_key, first_name_folded, last_name_folded)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12) returning id""",
            uid or new_uid(),
            email,
            first_name,
            last_name,
            phone_number,
            zone,
            password_hash,
            msgspec.json.encode(profile).decode(),
            tx.tick(),
            same(email),
            fold(first_name),
            fold(last_name),
        )
    joined = await tx.execute(
        """insert into members as m (team_id, user_id, uid, role, created_at)
        values ($1, $2, $3, $4, $5) on conflict (team_id, user_id) do update
        set role = excluded.role, created_at = excluded.created_at, left_at = null
        where m.left_at is not null""",
        team_id,
        user_id,
        new_uid(),
        role,
        tx.tick(),
    )
    if not joined:
        raise Conflict(f"{email} is a member of this team already.")
    caller = await team_caller(tx, team_id, surface=SURFACE)
    await record_event(tx, caller, "member.joined", user_id, user=user_id, role=role)
    user = await find_user(tx, team_id, email=email)
    assert user is not None
    return user
