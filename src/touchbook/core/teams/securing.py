from touchbook.core.errors import NotFound
from touchbook.core.transaction import Transaction


async def set_password(tx: Transaction, *, user_id: int, password_hash: str) -> None:
    """`password_hash` is argon2id's text, made outside the core."""
    found = await tx.execute(
        "update users set password_hash = $2, updated_at = $3 where id = $1 and deleted_at is null",
        user_id,
        password_hash,
        tx.tick(),
    )
    if not found:
        raise NotFound("user", user_id)
