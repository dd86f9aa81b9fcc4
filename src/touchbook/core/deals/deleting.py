from collections.abc import Collection, Sequence

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.transaction import Event, Transaction


async def delete_deals(tx: Transaction, caller: Caller, deal_ids: Collection[int]) -> int:
    """Delete deals; their tasks stay. Return how many were deleted."""
    # Only `for update` waits for the `for key share` of records that are being linked to a deal just now.
    await tx.execute(
        "select d.id from deals d where d.team_id = $1 and d.id = any($2::bigint[]) order by d.id for update",
        caller.team_id,
        list(deal_ids),
    )
    rows = await tx.fetch(
        """update deals d set deleted_at = $3, updated_at = $3, updated_by = $4
        where d.team_id = $1 and d.id = any($2::bigint[]) and d.deleted_at is null returning d.id""",
        caller.team_id,
        list(deal_ids),
        tx.tick(),
        caller.user_id,
    )
    await record_each(tx, caller, "deal.deleted", {row["id"]: {} for row in rows})
    return len(rows)


async def delete_deals_of_accounts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Delete the deals of deleted accounts."""
    rows = await tx.fetch(
        """select d.id from deals d where d.team_id = $1 and d.account_id = any($2::bigint[])
        and d.deleted_at is null""",
        caller.team_id,
        [event.subject_id for event in events],
    )
    await delete_deals(tx, caller, [row["id"] for row in rows])
