"""A contact opts out of everything, of e-mails or of calls. Its sequences obey in the same transaction."""

from touchbook.core.caller import Caller
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.editing import change_contact
from touchbook.core.transaction import Transaction


async def set_opt_outs(tx: Transaction, caller: Caller, *, contact_id: int, wished: OptOuts) -> Contact:
    """Whoever opts in again comes back into no sequence by that, and what was withdrawn stays a draft."""
    return await change_contact(tx, caller, contact_id, ContactChanges(opt_outs=wished))
