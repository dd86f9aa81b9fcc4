"""Opt-outs from everything, from e-mails or from calls. Sequences react in the same transaction."""

from touchbook.core.caller import Caller
from touchbook.core.contacts.changes import ContactChanges, OptOuts
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.editing import change_contact
from touchbook.core.transaction import Transaction


async def set_opt_outs(tx: Transaction, caller: Caller, *, contact_id: int, requested: OptOuts) -> Contact:
    """Opting in again resumes no sequence, and a withdrawn mailing stays a draft."""
    return await change_contact(tx, caller, contact_id, ContactChanges(opt_outs=requested))
