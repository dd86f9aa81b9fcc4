"""Registers the clients that users sign in through."""

import hmac
from collections.abc import Sequence

from touchbook.core.errors import GrantRefused, Invalid, NotFound
from touchbook.core.identity import new_uid, read_uid
from touchbook.core.teams.client import Client, ClientText
from touchbook.core.teams.key import hash_secret, new_secret
from touchbook.core.teams.telling import tell_teams
from touchbook.core.transaction import Reader, Transaction


async def register_client(tx: Transaction, *, name: str) -> ClientText:
    """The secret is shown only once."""
    if not name.strip():
        raise Invalid({"name": ["The name of a client may not be blank."]})
    uid, secret = new_uid(), new_secret()
    client_id = await tx.fetch_value(
        "insert into clients (uid, name, hash, created_at) values ($1, $2, $3, $4) returning id",
        uid,
        name,
        hash_secret(secret),
        tx.tick(),
    )
    await tell_teams(tx, "client.created", client_id, name=name)
    return ClientText(str(uid), secret)


async def remove_client(tx: Transaction, *, uid: str) -> None:
    """The client's tokens are refused from then on. Removing a removed client changes nothing."""
    row = await tx.fetch_row(
        """update clients set removed_at = coalesce(removed_at, $2) where uid = $1
        returning id, name, removed_at""",
        read_uid(uid),
        tx.now,
    )
    if row is None:
        raise NotFound("client", uid)
    if row["removed_at"] == tx.now:
        await tell_teams(tx, "client.deleted", row["id"], name=row["name"])


async def list_clients(reader: Reader) -> Sequence[Client]:
    rows = await reader.fetch(
        "select c.id, c.uid, c.name, c.created_at, c.removed_at from clients c order by c.id"
    )
    return [Client(**row) for row in rows]


async def authenticate_client(reader: Reader, client: ClientText) -> int:
    """Return the client's id; GrantRefused if it is unknown, removed or has another secret."""
    row = await reader.fetch_row(
        "select c.id, c.hash from clients c where c.uid = $1 and c.removed_at is null", read_uid(client.uid)
    )
    if row is None or not hmac.compare_digest(hash_secret(client.secret), row["hash"]):
        raise GrantRefused("invalid_client", "The client is unknown, or its secret is wrong.")
    client_id: int = row["id"]
    return client_id
