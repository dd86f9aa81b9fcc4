"""Variables of a template: values of the contact, its account and the sender."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeVar

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.teams.queries import users_by_id
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader

if TYPE_CHECKING:
    from touchbook.core.templates.rendering import Variables

Key = TypeVar("Key")


def variables_of(contact: Contact, account: Account | None, sender: User | None) -> "Variables":
    """Unknown values are empty."""
    prospect = {
        "first_name": contact.first_name or "",
        "middle_name": contact.middle_name or "",
        "last_name": contact.last_name or "",
        "nickname": contact.nickname or "",
        "name": contact.display_name or "",
        "title": contact.job_title or "",
        "company": contact.company or "",
        "email": next(iter(contact.emails), ""),
        "phone": next(iter(contact.phone_numbers), ""),
        "website": contact.website or "",
    }
    return {
        **prospect,
        "prospect": prospect,
        "sender": {
            "first_name": sender.first_name if sender else "",
            "last_name": sender.last_name if sender else "",
            "name": sender.display_name if sender else "",
            "email": sender.email if sender else "",
            "phone": (sender.phone_number if sender else None) or "",
        },
        "account": {"name": account.name if account else ""},
    }


async def find_variables(reader: Reader, caller: Caller, contact: Contact, sender_id: int) -> "Variables":
    accounts = await accounts_by_id(reader, caller, [contact.account_id])
    senders = await users_by_id(reader, caller, [sender_id])
    return variables_of(contact, accounts.get(contact.account_id), senders.get(sender_id))


async def find_all_variables(
    reader: Reader, caller: Caller, spoken: Mapping[Key, tuple[int, int]]
) -> dict[Key, "Variables"]:
    """`spoken` has pairs of contact and sender. The number of queries is fixed; unknown contacts are left out."""
    contacts = await contacts_by_id(reader, caller, {contact for contact, _ in spoken.values()})
    accounts = await accounts_by_id(reader, caller, {contact.account_id for contact in contacts.values()})
    senders = await users_by_id(reader, caller, {sender for _, sender in spoken.values()})
    return {
        key: variables_of(contacts[contact], accounts.get(contacts[contact].account_id), senders.get(sender))
        for key, (contact, sender) in spoken.items()
        if contact in contacts
    }
