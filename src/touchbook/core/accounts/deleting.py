from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import has_unseen_contacts
from touchbook.core.caller import Caller
from touchbook.core.errors import Forbidden
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def delete_account(tx: Transaction, caller: Caller, account: Account) -> None:
    """All that belongs to it goes along: contacts, deals, tasks."""
    if await has_unseen_contacts(tx, caller, account.id):
        raise Forbidden("Contacts of other members belong to it.")
    await tx.execute(
        "select from accounts a where a.team_id = $1 and a.id = $2 for update", caller.team_id, account.id
    )
    deleted = await tx.execute(
        """update accounts a set deleted_at = $3, updated_at = $3, updated_by = $4
        where a.team_id = $1 and a.id = $2 and a.deleted_at is null""",
        caller.team_id,
        account.id,
        tx.tick(),
        caller.user_id,
    )
    if deleted:
        await record_event(tx, caller, "account.deleted", account.id)
