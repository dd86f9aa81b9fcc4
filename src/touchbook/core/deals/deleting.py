from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def delete_deal(tx: Transaction, caller: Caller, deal: Deal) -> None:
    """Gone from every list; its tasks stay."""
    await tx.execute(
        """update deals d set deleted_at = $3, updated_at = $3, updated_by = $4
        where d.team_id = $1 and d.id = $2 and d.deleted_at is null""",
        caller.team_id,
        deal.id,
        tx.tick(),
        caller.user_id,
    )
    await record_event(tx, caller, "deal.deleted", subject="deal", subject_id=deal.id, changes={})
