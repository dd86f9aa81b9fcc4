"""Making keys and taking them back."""

from collections.abc import Sequence

from touchbook.core.caller import Caller, Scope
from touchbook.core.errors import NotFound
from touchbook.core.teams.key import hash_secret, new_secret
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
    """The whole key, shown this once. `dialects` None: all of them. NotFound if the person is no member now."""
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
    return f"tb_{key_id}_{secret}"


async def revoke_key(tx: Transaction, *, key_id: int) -> None:
    """Revoking what is revoked changes nothing."""
    found = await tx.execute("update keys set revoked_at = coalesce(revoked_at, $2) where id = $1", key_id, tx.now)
    if not found:
        raise NotFound("key", key_id)


async def revoke_keys(tx: Transaction, caller: Caller, *, user_id: int) -> None:
    """Revokes every key that a member has in the caller's team, and with it the sign-ins by that key."""
    await tx.execute(
        """update keys k set revoked_at = $3
        where k.team_id = $1 and k.user_id = $2 and k.revoked_at is null""",
        caller.team_id,
        user_id,
        tx.now,
    )
