"""Issues and revokes API keys."""

from collections.abc import Sequence

from touchbook.core.caller import Caller, Scope
from touchbook.core.errors import NotFound
from touchbook.core.events import record_each, record_event
from touchbook.core.teams.authenticating import team_caller
from touchbook.core.teams.key import hash_secret, new_secret
from touchbook.core.teams.telling import SURFACE
from touchbook.core.transaction import Transaction


async def issue_key(
    tx: Transaction,
    *,
    team_id: int,
    user_id: int,
    scope: Scope,
    name: str = "",
    dialects: Sequence[str] | None = None,
) -> str:
    """Return the whole key, which is shown only once.

    `dialects` None allows all of them. NotFound if the user is no member.
    """
    # Without the lock a key could be issued while its member leaves, and outlive the membership.
    member = await tx.fetch_value(
        """select m.user_id from members m
        where m.team_id = $1 and m.user_id = $2 and m.left_at is null for share""",
        team_id,
        user_id,
    )
    if member is None:
        raise NotFound("member", user_id)
    secret = new_secret()
    key_id = await tx.fetch_value(
        """insert into keys (team_id, user_id, name, hash, scope, dialects, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) returning id""",
        team_id,
        user_id,
        name,
        hash_secret(secret),
        scope,
        dialects,
        tx.tick(),
    )
    caller = await team_caller(tx, team_id, surface=SURFACE)
    told = {"name": name, "scope": scope, "dialects": dialects, "user": user_id}
    await record_event(tx, caller, "key.created", key_id, **told)
    return f"tb_{key_id}_{secret}"


async def revoke_key(tx: Transaction, *, key_id: int) -> None:
    """Revoking a revoked key changes nothing."""
    row = await tx.fetch_row(
        """update keys set revoked_at = coalesce(revoked_at, $2) where id = $1
        returning team_id, user_id, revoked_at""",
        key_id,
        tx.now,
    )
    if row is None:
        raise NotFound("key", key_id)
    if row["revoked_at"] == tx.now:
        caller = await team_caller(tx, row["team_id"], surface=SURFACE)
        await record_event(tx, caller, "key.revoked", key_id, user=row["user_id"])


async def revoke_keys(tx: Transaction, caller: Caller, *, user_id: int) -> None:
    """Revoke all keys of a member in the caller's team, and the sign-ins by them."""
    rows = await tx.fetch(
        """update keys k set revoked_at = $3
        where k.team_id = $1 and k.user_id = $2 and k.revoked_at is null returning k.id""",
        caller.team_id,
        user_id,
        tx.now,
    )
    told = {key: {"user": user_id} for key in sorted(row["id"] for row in rows)}
    await record_each(tx, caller, "key.revoked", told)
