from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.events import record_event
from touchbook.core.transaction import Transaction


async def delete_contact(tx: Transaction, caller: Caller, contact: Contact) -> None:
    """Gone from every list; an account that was its own goes with it. Its tasks stay."""
    instant = tx.tick()
    await tx.execute(
        """update contacts c set deleted_at = $3, updated_at = $3, updated_by = $4
        where c.team_id = $1 and c.id = $2 and c.deleted_at is null""",
        caller.team_id,
        contact.id,
        instant,
        caller.user_id,
    )
    await tx.execute(
        """update accounts a set deleted_at = $3, updated_at = $3, updated_by = $4
        where a.team_id = $1 and a.id = $2 and a.kind = 'person' and a.deleted_at is null
        and not exists (select from contacts c
            where c.team_id = $1 and c.account_id = a.id and c.deleted_at is null)""",
        caller.team_id,
        contact.account_id,
        instant,
        caller.user_id,
    )
    await record_event(tx, caller, "contact.deleted", subject="contact", subject_id=contact.id, changes={})
