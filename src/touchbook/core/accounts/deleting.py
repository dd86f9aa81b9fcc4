from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import has_unseen_contacts
from touchbook.core.caller import Caller
from touchbook.core.errors import Forbidden
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def delete_account(tx: Transaction, caller: Caller, account: Account) -> None:
    """Delete an account with all that belongs to it: contacts, deals and tasks."""
    await _lock(tx, caller, account.id)
    if await has_unseen_contacts(tx, caller, account.id):
        raise Forbidden("The account has contacts of other members.")
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


async def _lock(tx: Transaction, caller: Caller, account_id: int) -> None:
    """Lock the account's contacts, then the account.

    The order is the same wherever both are locked. Contacts that join meanwhile are read again by the reactions to
    the deletion.
    """
    for statement in (
        """select c.id from contacts c where c.team_id = $1 and c.account_id = $2 and c.deleted_at is null
        order by c.id for update""",
        "select from accounts a where a.team_id = $1 and a.id = $2 for update",
    ):
        await tx.execute(statement, caller.team_id, account_id)
