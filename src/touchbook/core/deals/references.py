"""Locks the records that a deal refers to against deletion, contacts first, until the deal is written."""

from touchbook.core.caller import Caller
from touchbook.core.transaction import Transaction

_STATEMENT = """with contact as (
    select c.id from contacts c where c.team_id = $1 and c.id = $2 and c.deleted_at is null
    and ($5::bigint is null or c.owner_id = $5) for key share
), account as (
    select a.id from accounts a where a.team_id = $1 and a.id = $3 and a.deleted_at is null for key share
), owner as (
    select m.user_id as id from members m
    where m.team_id = $1 and m.user_id = $4 and m.left_at is null for key share
)
select 'contact_id' as member, contact.id from contact
union all select 'account_id', account.id from account union all select 'owner_id', owner.id from owner"""

# The members of a deal that lead to a record, with what that is called.
NOUNS = {"account_id": "account", "contact_id": "contact", "owner_id": "user"}


async def take_references(
    tx: Transaction, caller: Caller, *, account_id: int | None, contact_id: int | None, owner_id: int | None
) -> set[str]:
    """Take always one statement. Return the members whose record exists and is visible to the caller."""
    rows = await tx.fetch(
        _STATEMENT,
        caller.team_id,
        contact_id,
        account_id,
        owner_id,
        caller.only_owner,
    )
    return {row["member"] for row in rows}
