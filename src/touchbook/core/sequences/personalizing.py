"""What templates say to a contact, from whom."""

from collections.abc import Collection

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.sequences.queries import templates_by_id
from touchbook.core.sequences.rendering import Variables, render_html
from touchbook.core.sequences.step import ORIGIN_PREFIX
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import users_by_id
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader

_COMPILED = (f"{ORIGIN_PREFIX}sms", f"{ORIGIN_PREFIX}linkedin_")


def variables_of(contact: Contact, account: Account | None, sender: User | None) -> Variables:
    """What is not known is empty."""
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


async def find_variables(reader: Reader, caller: Caller, contact: Contact, sender_id: int) -> Variables:
    accounts = await accounts_by_id(reader, caller, [contact.account_id])
    senders = await users_by_id(reader, caller, [sender_id])
    return variables_of(contact, accounts.get(contact.account_id), senders.get(sender_id))


async def compile_templates(reader: Reader, caller: Caller, tasks: Collection[Task]) -> dict[int, str]:
    """Task -> clean HTML of what its contact is to be told, for the open text and LinkedIn steps among `tasks`.

    A fixed number of queries; none if there is no such task. Said by the task's first assignee.
    """
    asked = [task for task in tasks if task.is_open and task.template_id and task.origin.startswith(_COMPILED)]
    if not asked:
        return {}
    templates = await templates_by_id(reader, caller, {task.template_id for task in asked if task.template_id})
    contacts = await contacts_by_id(reader, caller, {task.first("contact") or 0 for task in asked})
    accounts = await accounts_by_id(reader, caller, {contact.account_id for contact in contacts.values()})
    senders = await users_by_id(reader, caller, {task.assignee for task in asked if task.assignee})
    compiled = {}
    for task in asked:
        contact = contacts.get(task.first("contact") or 0)
        if contact is not None and task.template_id is not None:
            variables = variables_of(contact, accounts.get(contact.account_id), senders.get(task.assignee or 0))
            compiled[task.id] = render_html(templates[task.template_id].body, variables)
    return compiled
