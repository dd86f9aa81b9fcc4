"""Names of the people, accounts and contacts that tasks show."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from msgspec import Struct

from touchbook.core.caller import Caller
from touchbook.core.tasks.task import Task
from touchbook.core.teams.user import name_of_user
from touchbook.core.transaction import Reader


class Named(NamedTuple):
    uid: UUID
    name: str


class Names(Struct, frozen=True):
    users: Mapping[int, Named]
    accounts: Mapping[int, Named]
    contacts: Mapping[int, Named]


async def names_of_tasks(reader: Reader, caller: Caller, tasks: Sequence[Task]) -> Names:
    """Return in one statement who created and changed each task, and its first assignee, account and contact.

    Members who left still have their names.
    """
    rows = await reader.fetch(
        """select 'user' as noun, u.id, u.uid, u.first_name as name, u.last_name, u.email
            from members m join users u on u.id = m.user_id
            where m.team_id = $1 and m.user_id = any($2::bigint[])
        union all select 'account', a.id, a.uid, a.name, null, null
            from accounts a where a.team_id = $1 and a.id = any($3::bigint[])
        union all select 'contact', c.id, c.uid, c.display_name, null, null
            from contacts c where c.team_id = $1 and c.id = any($4::bigint[])""",
        caller.team_id,
        list({user for task in tasks for user in (task.assignee, task.created_by, task.updated_by) if user}),
        list({task.account_id for task in tasks if task.account_id}),
        list({contact for task in tasks if (contact := task.first("contact"))}),
    )
    found: dict[str, dict[int, Named]] = {"user": {}, "account": {}, "contact": {}}
    for noun, record, uid, name, *more in rows:
        found[noun][record] = Named(uid, name_of_user(name, *more) if noun == "user" else name)
    return Names(users=found["user"], accounts=found["account"], contacts=found["contact"])
