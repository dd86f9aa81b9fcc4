from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import has_unseen_contacts
from touchbook.core.caller import Caller
from touchbook.core.contacts.deleting import delete_contacts
from touchbook.core.contacts.queries import contacts_of_accounts
from touchbook.core.errors import Forbidden
from touchbook.core.events import record_event
from touchbook.core.sequences.finishing import leave_sequences
from touchbook.core.tasks.deleting import delete_tasks_of
from touchbook.core.transaction import Transaction

# Both have the same columns for it.
_DELETE = """update {table} x set deleted_at = $3, updated_at = $3, updated_by = $4
    where x.team_id = $1 and x.{key} = $2 and x.deleted_at is null"""


async def delete_account(tx: Transaction, caller: Caller, account: Account) -> None:
    """With all that belongs to it: contacts, deals, tasks. Its event says how many went along."""
    if await has_unseen_contacts(tx, caller, account.id):
        raise Forbidden("Contacts of other members belong to it.")
    contacts = await contacts_of_accounts(tx, caller, [account.id])
    ids = [contact.id for contact in contacts]
    await leave_sequences(tx, caller, contact_ids=ids, reason="contact_deleted")
    tasks = await delete_tasks_of(tx, caller, account_id=account.id)
    await delete_contacts(tx, caller, contacts)
    written = caller.team_id, account.id, tx.tick(), caller.user_id
    deals = await tx.execute(_DELETE.format(table="deals", key="account_id"), *written)
    await tx.execute(_DELETE.format(table="accounts", key="id"), *written)
    counts = {"tasks": tasks, "contacts": len(contacts), "deals": deals}
    await record_event(tx, caller, "account.deleted", subject="account", subject_id=account.id, changes=counts)
