"""Deals follow their contacts to another account."""

from collections.abc import Sequence

from touchbook.core.caller import Caller
from touchbook.core.events import record_each
from touchbook.core.transaction import Event, Transaction


async def move_deals_of_contacts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    rows = await tx.fetch(
        """update deals d set account_id = m.new, updated_at = $5, updated_by = $6
        from unnest($2::bigint[], $3::bigint[], $4::bigint[]) as m (contact, old, new)
        where d.team_id = $1 and d.account_id = m.old and d.contact_id = m.contact returning d.id, d.account_id""",
        caller.team_id,
        [event.subject_id for event in events],
        [event.changes["left"] for event in events],
        [event.changes["account"] for event in events],
        tx.tick(),
        caller.user_id,
    )
    await record_each(tx, caller, "deal.updated", {row["id"]: {"account": row["account_id"]} for row in rows})
