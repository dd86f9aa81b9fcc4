from touchbook.core.errors import NotFound
from touchbook.core.teams.granting import end_grants
from touchbook.core.teams.telling import tell_teams
from touchbook.core.transaction import Transaction


async def set_password(tx: Transaction, *, user_id: int, password_hash: str) -> None:
    """Set the password and revoke all sign-ins. `password_hash` is an argon2id text."""
    found = await tx.execute(
        "update users set password_hash = $2, updated_at = $3 where id = $1 and deleted_at is null",
        user_id,
        password_hash,
        tx.tick(),
    )
    if not found:
        raise NotFound("user", user_id)
    await tell_teams(tx, "user.password_changed", user_id, member=user_id)
    await end_grants(tx, user_id=user_id)
