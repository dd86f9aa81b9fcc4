from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.deals.deal import Deal
from touchbook.core.deals.queries import find_deal
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction

_EDITABLE = frozenset(
    {"title", "status", "amount", "currency", "closes_on", "contact_id", "owner_id", "account_id"}
)


async def edit_deal(tx: Transaction, caller: Caller, deal: Deal, **members: Any) -> Deal | None:
    """Writes what differs; None if nothing does."""
    if not _EDITABLE.issuperset(members):
        raise TypeError(f"not editable: {sorted(members.keys() - _EDITABLE)}")
    changes = {name: value for name, value in members.items() if getattr(deal, name) != value}
    if not changes:
        return None
    assignments = ", ".join(f"{name} = ${number}" for number, name in enumerate(changes, start=5))
    await tx.execute(
        f"""update deals d set updated_at = $3, updated_by = $4, {assignments}
        where d.team_id = $1 and d.id = $2""",
        caller.team_id,
        deal.id,
        tx.tick(),
        caller.user_id,
        *changes.values(),
    )
    told = {name.removesuffix("_id"): value for name, value in changes.items()}
    await record_event(tx, caller, "deal.updated", deal.id, **told)
    return await find_deal(tx, caller, deal.id)
