"""A POST with an Idempotency-Key is executed once; a repeat gets the first answer, stored with the write."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict
from touchbook.core.transaction import Transaction
from touchbook.http.errors import KeyReused

LIFETIME = timedelta(hours=24)


class Once(Struct, frozen=True):
    """Identifies a request; `fingerprint` is a hash of the body."""

    method: str
    path: str
    key: str
    fingerprint: bytes


class GivenAnswer(Struct, frozen=True):
    status: int
    headers: dict[str, str]
    body: bytes


async def claim_once(tx: Transaction, caller: Caller, once: Once) -> GivenAnswer | None:
    """Return None in the transaction that comes first.

    A repeat waits for it to end and gets its answer. KeyReused for the same key with another body.
    """
    await tx.execute(
        """delete from idempotency i where i.team_id = $1 and i.user_id = $2 and i.method = $3 and i.path = $4
        and i.key = $5 and i.created_at < $6""",
        *_identity(caller, once),
        tx.now - LIFETIME,
    )
    first = await tx.execute(
        """insert into idempotency (team_id, user_id, method, path, key, fingerprint, created_at)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing""",
        *_identity(caller, once),
        once.fingerprint,
        tx.now,
    )
    if first:
        return None
    return await _given_answer(tx, caller, once)


async def _given_answer(tx: Transaction, caller: Caller, once: Once) -> GivenAnswer:
    row = await tx.fetch_row(
        """select i.fingerprint, i.status, i.headers, i.body from idempotency i
        where i.team_id = $1 and i.user_id = $2 and i.method = $3 and i.path = $4 and i.key = $5""",
        *_identity(caller, once),
    )
    if row is None or row["status"] is None:
        raise Conflict("A request with this Idempotency-Key is in progress.")
    if row["fingerprint"] != once.fingerprint:
        raise KeyReused
    return GivenAnswer(row["status"], json.loads(row["headers"]), row["body"])


async def remember_answer(
    tx: Transaction, caller: Caller, once: Once, *, status: int, headers: Mapping[str, str], body: bytes
) -> None:
    await tx.execute(
        """update idempotency i set status = $6, headers = $7, body = $8
        where i.team_id = $1 and i.user_id = $2 and i.method = $3 and i.path = $4 and i.key = $5""",
        *_identity(caller, once),
        status,
        json.dumps(dict(headers)),
        body,
    )


async def forget_answers(tx: Transaction, *, before: datetime) -> int:
    """Delete old answers of all teams; run daily."""
    return await tx.execute("delete from idempotency where created_at < $1", before)


def _identity(caller: Caller, once: Once) -> tuple[int, int | None, str, str, str]:
    return caller.team_id, caller.user_id, once.method, once.path, once.key
