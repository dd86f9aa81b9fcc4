from datetime import date
from decimal import Decimal

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.deal import Deal, DealStatus
from touchbook.core.deals.queries import DEAL_COLUMNS
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Transaction


async def open_deal(
    tx: Transaction,
    caller: Caller,
    *,
    title: str,
    contact_id: int,
    status: DealStatus = "active",
    amount: Decimal | None = None,
    currency: str = "USD",
    closes_on: date | None = None,
) -> Deal:
    """A deal with a contact, under that contact's account."""
    contact = await find_contact(tx, caller, contact_id)
    row = await tx.fetch_row(
        f"""insert into deals (team_id, uid, account_id, contact_id, owner_id, title, status, amount, currency,
            closes_on, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) returning {DEAL_COLUMNS}""",
        caller.team_id,
        new_uid(),
        contact.account_id,
        contact_id,
        caller.user_id,
        title,
        status,
        amount,
        currency,
        closes_on,
        caller.user_id,
        tx.tick(),
    )
    assert row is not None
    deal = Deal(**row)
    changes = {"title": title, "status": status, "contact_id": contact_id}
    await record_event(tx, caller, "deal.opened", subject="deal", subject_id=deal.id, changes=changes)
    return deal
