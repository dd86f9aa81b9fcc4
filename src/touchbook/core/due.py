"""Scheduled work: one row per kind and record with the instant at which it is due.

Verbs keep it, jobs work it off.
"""

from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction


async def set_due(tx: Transaction, caller: Caller, kind: str, *, ref: int, at: datetime | None) -> None:
    """`at` None removes the entry."""
    if at is None:
        await tx.execute(
            "delete from due where team_id = $1 and kind = $2 and ref = $3", caller.team_id, kind, ref
        )
        return
    await tx.execute(
        """insert into due (team_id, kind, ref, at) values ($1, $2, $3, $4)
        on conflict (team_id, kind, ref) do update set at = excluded.at""",
        caller.team_id,
        kind,
        ref,
        at,
    )


async def claim_due(tx: Transaction, team_id: int, kind: str, *, ref: int) -> bool:
    """Remove the entry in the transaction that records its effect.

    False if it has been done, cancelled or postponed. The record itself is locked before, as in every verb; the
    other order would let a verb and a job wait for each other.
    """
    # The instant is compared again: an entry that was postponed after it was queued must stay.
    claimed = await tx.fetch_value(
        "delete from due where team_id = $1 and kind = $2 and ref = $3 and at <= $4 returning ref",
        team_id,
        kind,
        ref,
        tx.now,
    )
    return claimed is not None
