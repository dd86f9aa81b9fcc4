"""Names of the people, accounts and contacts that tasks show: one look-up for any number of tasks.

They are the first assignee, who created and who changed a task, its account and its contacts. Members who left
still have their names; records that the caller does not see have none (RC-179).
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.accounts.queries import account_is_seen
from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import contact_is_seen
from touchbook.core.tasks.seeing import ids_among
from touchbook.core.tasks.task import Task
from touchbook.core.teams.user import name_of_user
from touchbook.core.transaction import Reader


class Name(NamedTuple):
    uid: UUID
    name: str


class Names(Struct, frozen=True):
    users: Mapping[int, Name]
    accounts: Mapping[int, Name]
    contacts: Mapping[int, Name]


class _Found(Struct, frozen=True):
    users: dict[int, tuple[UUID, str, str, str]] | None
    accounts: dict[int, Name] | None
    contacts: dict[int, Name] | None


_found = msgspec.json.Decoder(_Found)


def names_on_page(owner: str) -> str:
    """Return a select of the names of the tasks in `shown`, for `read_names`."""
    ids = ids_among("shown")
    return f"select {_names(ids(_people('shown')), ids('array[shown.account_id]'), ids('shown.contacts'), owner)}"


def names_of_task(owner: str) -> str:
    """Return the expression of the names of a task `t`."""
    return _names(_people("t"), "array[t.account_id]", "t.contacts", owner)


async def names_of_tasks(reader: Reader, caller: Caller, tasks: Sequence[Task]) -> Names:
    """Return the names of tasks that were read without them."""
    users = {user for task in tasks for user in (task.assignee, task.created_by, task.updated_by) if user}
    found: str = await reader.fetch_value(
        f"select {_names('$2::bigint[]', '$3::bigint[]', '$4::bigint[]', '$5')} where $1::bigint is not null",
        caller.team_id,
        list(users),
        list({task.account_id for task in tasks if task.account_id}),
        list({contact for task in tasks for contact in task.contacts}),
        caller.only_owner,
    )
    return read_names(found)


def read_names(json: str) -> Names:
    found = _found.decode(json)
    people = {user: Name(uid, name_of_user(*words)) for user, (uid, *words) in (found.users or {}).items()}
    return Names(users=people, accounts=found.accounts or {}, contacts=found.contacts or {})


def _people(row: str) -> str:
    return f"array[{row}.assignees[1], {row}.created_by, {row}.updated_by]"


def _names(users: str, accounts: str, contacts: str, owner: str) -> str:
    return f"""json_build_object(
        'users', (select json_object_agg(u.id, json_build_array(u.uid, u.first_name, u.last_name, u.email))
            from members m join users u on u.id = m.user_id
            where m.team_id = $1 and m.user_id = any({users})),
        'accounts', (select json_object_agg(a.id, json_build_array(a.uid, a.name)) from accounts a
            where a.team_id = $1 and a.id = any({accounts}) and {account_is_seen(owner)}),
        'contacts', (select json_object_agg(c.id, json_build_array(c.uid, c.display_name)) from contacts c
            where c.team_id = $1 and c.id = any({contacts}) and {contact_is_seen(owner)}))"""
