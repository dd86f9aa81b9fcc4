"""Grants and their tokens: one sign-in of a user through a client, and the tokens it gave."""

import hmac
from datetime import datetime, timedelta

from touchbook.core.teams.key import hash_secret, new_secret, read_secret_text
from touchbook.core.teams.token import LIVES, PREFIXES, Kind
from touchbook.core.transaction import Transaction

# A client that refreshes from several streams, or whose answer was lost, sends the same token again within this.
RETRY_WINDOW = timedelta(seconds=60)


async def make_grant(tx: Transaction, *, client_id: int, user_id: int, key_id: int | None = None) -> int:
    """Tokens of a key never allow more, nor live longer, than the key."""
    grant_id: int = await tx.fetch_value(
        "insert into grants (client_id, user_id, key_id, created_at) values ($1, $2, $3, $4) returning id",
        client_id,
        user_id,
        key_id,
        tx.tick(),
    )
    return grant_id


async def give_token(tx: Transaction, kind: Kind, *, grant_id: int) -> str:
    """Return the whole token, which is shown only once."""
    secret = new_secret()
    token_id = await tx.fetch_value(
        """insert into tokens (grant_id, kind, hash, created_at, expires_at)
        values ($1, $2, $3, $4, $5) returning id""",
        grant_id,
        kind,
        hash_secret(secret),
        tx.tick(),
        tx.now + LIVES[kind],
    )
    return f"{PREFIXES[kind]}_{token_id}_{secret}"


async def spend_refresh_token(tx: Transaction, text: str, *, client_id: int) -> int | None:
    """Return the grant, or None if the token is invalid or belongs to another client.

    Within RETRY_WINDOW of its first use the token is valid again, and each pair it gave is valid by itself; the
    window never moves. A later use revokes the grant with all its tokens.
    """
    token = read_secret_text(text, PREFIXES["refresh"])
    row = await tx.fetch_row(_REFRESHING, token.id) if token else None
    # Compare in constant time, or the answer's timing would tell the hash byte by byte.
    if token is None or row is None or not hmac.compare_digest(hash_secret(token.secret), row["hash"]):
        return None
    if row["client_id"] != client_id or row["revoked_at"] is not None or row["expires_at"] <= tx.now:
        return None
    grant_id: int = row["grant_id"]
    if row["used_at"] is None:
        await tx.execute("update tokens set used_at = $2 where id = $1", token.id, tx.now)
    elif tx.now - row["used_at"] > RETRY_WINDOW:
        # The token was copied. Nobody knows which holder is the thief, so all of them are signed out.
        await tx.execute("update grants set revoked_at = $2 where id = $1", grant_id, tx.now)
        return None
    return grant_id


async def end_grants(tx: Transaction, *, user_id: int) -> None:
    """Revoke all sign-ins of a user, except those by a key; a sign-in in progress is waited for."""
    await tx.execute("select from users u where u.id = $1 for no key update", user_id)
    await tx.execute(
        "update grants set revoked_at = $2 where user_id = $1 and key_id is null and revoked_at is null",
        user_id,
        tx.now,
    )


async def forget_grants(tx: Transaction, *, before: datetime) -> None:
    """Delete expired tokens, and grants that were revoked or have no token left."""
    await tx.execute("delete from tokens where expires_at <= $1", before)
    await tx.execute(
        """delete from grants g where g.revoked_at <= $1
        or not exists (select from tokens t where t.grant_id = g.id)""",
        before,
    )


_REFRESHING = """
select t.grant_id, t.hash, t.used_at, t.expires_at, g.client_id, g.revoked_at
from tokens t join grants g on g.id = t.grant_id
where t.id = $1 and t.kind = 'refresh' for update
"""
