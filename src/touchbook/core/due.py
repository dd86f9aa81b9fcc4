"""Scheduled work: one row per kind and record with the instant at which it is due.

Verbs keep it, jobs work it off.
"""

from collections.abc import Collection
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
    return bool(await claim_all_due(tx, team_id, kind, refs=[ref]))


async def claim_all_due(
    tx: Transaction, team_id: int, kind: str, *, refs: Collection[int], gone: Collection[int] = ()
) -> set[int]:
    """Claim several, and remove the entries of records that are `gone`, due or not. Return those claimed."""
    # The instant is compared again: an entry that was postponed after it was queued must stay.
    rows = await tx.fetch(
        """delete from due d where d.team_id = $1 and d.kind = $2 and d.ref = any($3::bigint[])
        and (d.at <= $4 or d.ref = any($5::bigint[])) returning d.ref""",
        team_id,
        kind,
        [*refs, *gone],
        tx.now,
        list(gone),
    )
    return {row["ref"] for row in rows}.difference(gone)
