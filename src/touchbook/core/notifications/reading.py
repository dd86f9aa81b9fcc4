"""Users mark notifications as read. Reading one again changes nothing."""

from collections.abc import Collection, Sequence
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.events import record_each
from touchbook.core.transaction import Transaction


async def mark_read(tx: Transaction, caller: Caller, *, uids: Sequence[UUID]) -> int:
    """Return how many were unread. UnknownRecord for one that is not the caller's; none is marked then."""
    rows = await tx.fetch(
        """select n.id, n.uid, n.read_at from notifications n
        where n.team_id = $1 and n.user_id = $2 and n.uid = any($3::uuid[]) order by n.id for update""",
        caller.team_id,
        caller.user_id,
        list(uids),
    )
    own = {row["uid"] for row in rows}
    for uid in uids:
        if uid not in own:
            raise UnknownRecord("notification", uid)
    return await _mark(tx, caller, [row["id"] for row in rows if row["read_at"] is None])


async def mark_all_read(tx: Transaction, caller: Caller) -> int:
    """Return how many were unread."""
    rows = await tx.fetch(
        """select n.id from notifications n
        where n.team_id = $1 and n.user_id = $2 and n.read_at is null order by n.id for update""",
        caller.team_id,
        caller.user_id,
    )
    return await _mark(tx, caller, [row["id"] for row in rows])


async def _mark(tx: Transaction, caller: Caller, ids: Collection[int]) -> int:
    if not ids:
        return 0
    at = tx.tick()
    await tx.execute(
        "update notifications n set read_at = $3 where n.team_id = $1 and n.id = any($2::bigint[])",
        caller.team_id,
        list(ids),
        at,
    )
    await record_each(tx, caller, "notification.read", {each: {"read_at": at} for each in ids})
    return len(ids)
