from touchbook.core.caller import Caller, Visibility
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def show_contacts(tx: Transaction, caller: Caller, *, to: Visibility) -> None:
    """Set whether contacts are visible to the whole team, or each to its owner and the admins only (A-41).

    Requests follow within seconds.
    """
    changed = await tx.execute(
        "update teams set contacts_visible = $2, updated_at = $3 where id = $1 and contacts_visible <> $2",
        caller.team_id,
        to,
        tx.tick(),
    )
    if changed:
        await record_event(tx, caller, "team.updated", caller.team_id, contacts_visible=to)
