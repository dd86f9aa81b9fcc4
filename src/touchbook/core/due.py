"""What has to happen at an instant: one row a kind and record, kept by the verbs, worked off by jobs."""

from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction


async def set_due(tx: Transaction, caller: Caller, kind: str, *, ref: int, at: datetime | None) -> None:
    """`at` None: nothing is due any more."""
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
    """Takes what is due out of the list, in the transaction that records its effect.

    False: it has been done, called off or put off. The record itself is locked before, as every verb
    does it; in the other order a verb and a job would wait for each other.
    """
    claimed = await tx.fetch_value(
        "delete from due where team_id = $1 and kind = $2 and ref = $3 and at <= $4 returning ref",
        team_id,
        kind,
        ref,
        tx.now,
    )
    return claimed is not None
