from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact, called, sort_name
from touchbook.core.contacts.queries import find_contact
from touchbook.core.events import record_event
from touchbook.core.folding import fold
from touchbook.core.transaction import Transaction

_EDITABLE = ("first_name", "last_name", "emails", "phone_numbers")


async def edit_contact(tx: Transaction, caller: Caller, contact: Contact, **members: Any) -> Contact | None:
    """Writes what differs of the names, e-mails and phone numbers, and what is derived of them."""
    wished = {name: members.get(name, getattr(contact, name)) for name in _EDITABLE}
    changes = {name: value for name, value in wished.items() if getattr(contact, name) != value}
    if not changes:
        return None
    reachable = [*wished["emails"], *wished["phone_numbers"]]
    display_name = called(wished["first_name"], wished["last_name"], reachable)
    await tx.execute(
        """update contacts c set first_name = $3, last_name = $4, emails = $5, phone_numbers = $6,
            display_name = $7, sort_field = $8, updated_at = $9, updated_by = $10
        where c.team_id = $1 and c.id = $2""",
        caller.team_id,
        contact.id,
        *wished.values(),
        display_name,
        sort_name(wished["first_name"], wished["last_name"]) or display_name,
        tx.tick(),
        caller.user_id,
    )
    await tx.execute(
        "update contact_texts x set folded = $3 where x.team_id = $1 and x.contact_id = $2",
        caller.team_id,
        contact.id,
        fold(" ".join((display_name, *reachable))),
    )
    await _rename_own_account(tx, caller, contact, display_name)
    await record_event(tx, caller, "contact.edited", subject="contact", subject_id=contact.id, changes=changes)
    return await find_contact(tx, caller, contact.id)


async def _rename_own_account(tx: Transaction, caller: Caller, contact: Contact, name: str) -> None:
    """An account of kind person is named after its contact (section 7.5)."""
    if name != contact.display_name:
        await tx.execute(
            """update accounts a set name = $3, updated_at = $4, updated_by = $5
            where a.team_id = $1 and a.id = $2 and a.kind = 'person'""",
            caller.team_id,
            contact.account_id,
            name,
            tx.tick(),
            caller.user_id,
        )
