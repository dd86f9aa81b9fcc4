from datetime import date
from decimal import Decimal
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.queries import find_contact
from touchbook.core.deals.deal import Deal, DealStatus, ValuePeriod
from touchbook.core.deals.queries import find_deal
from touchbook.core.deals.references import NOUNS, take_references
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.folding import fold
from touchbook.core.foreign_members import NONE, ForeignMembers, differing_members, merged_members
from touchbook.core.identity import new_uid
from touchbook.core.transaction import Transaction


async def open_deal(
    tx: Transaction,
    caller: Caller,
    *,
    title: str,
    contact_id: int | None = None,
    account_id: int | None = None,
    owner_id: int | None = None,
    status: DealStatus = "active",
    amount: Decimal | None = None,
    currency: str = "USD",
    value_period: ValuePeriod = "one_time",
    confidence: int | None = None,
    closes_on: date | None = None,
    foreign_members: ForeignMembers = NONE,
) -> Deal:
    """Create a deal for a contact or an account; `account_id` defaults to the contact's.

    UnknownRecord for an account, a contact or an owner that does not exist.
    """
    if account_id is None:
        if contact_id is None:
            raise Invalid({"contact": ["A contact or an account is required."]})
        account_id = await _account_of(tx, caller, contact_id)
    named = {"account_id": account_id, "contact_id": contact_id, "owner_id": owner_id}
    standing = await take_references(tx, caller, **named)
    for name, record in named.items():
        if record is not None and name not in standing:
            raise UnknownRecord(NOUNS[name], record)
    foreign = differing_members(None, foreign_members)
    deal_id = await tx.fetch_value(
        """insert into deals as d (team_id, uid, account_id, contact_id, owner_id, title, status, amount,
            currency, closes_on, created_by, created_at, updated_at, title_folded, value_period, confidence,
            foreign_members)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16)
        returning d.id""",
        caller.team_id,
        new_uid(),
        account_id,
        contact_id,
        owner_id or caller.user_id,
        title,
        status,
        amount,
        currency,
        closes_on,
        caller.user_id,
        tx.tick(),
        fold(title),
        value_period,
        confidence,
        merged_members(None, foreign),
    )
    deal = await find_deal(tx, caller, deal_id)
    told: dict[str, Any] = {
        "title": title,
        "status": status,
        "account": account_id,
        "contact": contact_id,
        "owner": deal.owner_id,
        **({"foreign_members": foreign} if foreign else {}),
    }
    await record_event(tx, caller, "deal.created", deal.id, **told)
    return deal


async def _account_of(tx: Transaction, caller: Caller, contact_id: int) -> int:
    try:
        return (await find_contact(tx, caller, contact_id)).account_id
    except NotFound:
        raise UnknownRecord(NOUNS["contact_id"], contact_id) from None
