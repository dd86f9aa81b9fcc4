from typing import Any

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import find_account
from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction

_EDITABLE = ("name", "status")


async def edit_account(tx: Transaction, caller: Caller, account: Account, **members: Any) -> Account | None:
    """Writes what differs of name and status; None if nothing does."""
    changes = {
        name: members[name] for name in _EDITABLE if name in members and getattr(account, name) != members[name]
    }
    if not changes:
        return None
    merged = {"name": account.name, "status": account.status, **changes}
    await tx.execute(
        """update accounts a set name = $3, status = $4, updated_at = $5, updated_by = $6
        where a.team_id = $1 and a.id = $2""",
        caller.team_id,
        account.id,
        merged["name"],
        merged["status"],
        tx.tick(),
        caller.user_id,
    )
    await record_event(tx, caller, "account.updated", account.id, **changes)
    return await find_account(tx, caller, account.uid)
