from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import has_unseen_contacts
from touchbook.core.caller import Caller
from touchbook.core.errors import Forbidden
from touchbook.core.events import record_event
from touchbook.core.tasks.deleting import delete_tasks_of
from touchbook.core.transaction import Transaction

_BELONGINGS = ("contacts", "deals")


async def delete_account(tx: Transaction, caller: Caller, account: Account) -> None:
    """With all that belongs to it: contacts, deals, tasks. One event says how many went along."""
    if await has_unseen_contacts(tx, caller, account.id):
        raise Forbidden("Contacts of other members belong to it.")
    instant = tx.tick()
    counts = {"tasks": await delete_tasks_of(tx, caller, account_id=account.id)}
    await tx.execute(
        """delete from contact_texts x using contacts c
        where x.team_id = $1 and c.team_id = $1 and c.id = x.contact_id and c.account_id = $2""",
        caller.team_id,
        account.id,
    )
    for table in _BELONGINGS:
        counts[table] = await tx.execute(
            f"""update {table} b set deleted_at = $3, updated_at = $3, updated_by = $4
            where b.team_id = $1 and b.account_id = $2 and b.deleted_at is null""",
            caller.team_id,
            account.id,
            instant,
            caller.user_id,
        )
    await tx.execute(
        """update accounts a set deleted_at = $3, updated_at = $3, updated_by = $4
        where a.team_id = $1 and a.id = $2 and a.deleted_at is null""",
        caller.team_id,
        account.id,
        instant,
        caller.user_id,
    )
    await record_event(tx, caller, "account.deleted", subject="account", subject_id=account.id, changes=counts)
