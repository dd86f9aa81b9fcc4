"""A contact is not asked for steps of a kind that it has opted out of."""

from touchbook.core.contacts.contact import Contact
from touchbook.core.errors import Conflict
from touchbook.core.sequences.step import STEP_KINDS


def forbidden_kinds(contact: Contact) -> frozenset[str]:
    """Return the refused kinds of steps: all of them for a contact that opted out of everything."""
    if contact.opted_out:
        return STEP_KINDS
    channels = {"email": contact.takes_emails, "call": contact.takes_calls}
    return frozenset(kind for kind, taken in channels.items() if not taken)


def check_permitted(contact: Contact, kind: str) -> None:
    """Conflict for a kind of step that the contact has opted out of."""
    if contact.opted_out:
        raise Conflict("The contact has opted out.")
    if kind in forbidden_kinds(contact):
        raise Conflict(f"The contact has opted out of {_CHANNELS[kind]}.")


_CHANNELS = {"email": "e-mails", "call": "calls"}
