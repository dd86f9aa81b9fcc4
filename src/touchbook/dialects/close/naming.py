"""Loads the records that a page of tasks refers to: one query per kind, whatever the page's size."""

from collections.abc import Sequence

from msgspec import Struct

from touchbook.core.accounts.account import Account
from touchbook.core.accounts.queries import accounts_by_id
from touchbook.core.contacts.contact import Contact
from touchbook.core.contacts.queries import contacts_by_id
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import users_by_id
from touchbook.core.teams.user import User
from touchbook.core.transaction import Reader
from touchbook.http.call import Call


class Names(Struct, frozen=True):
    users: dict[int, User]
    accounts: dict[int, Account]
    contacts: dict[int, Contact]


async def names_of(call: Call[Reader], tasks: Sequence[Task]) -> Names:
    users = {user for task in tasks for user in (task.assignee, task.created_by, task.updated_by) if user}
    accounts = {task.account_id for task in tasks if task.account_id}
    contacts = {contact for task in tasks if (contact := task.first("contact"))}
    return Names(
        await users_by_id(call.tx, call.caller, users),
        await accounts_by_id(call.tx, call.caller, accounts),
        await contacts_by_id(call.tx, call.caller, contacts),
    )
