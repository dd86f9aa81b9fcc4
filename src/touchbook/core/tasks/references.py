"""Locks the records that tasks refer to against deletion, while new references are written."""

from collections.abc import Collection, Mapping, Sequence
from typing import get_args
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.contacts.seeing import contact_is_seen
from touchbook.core.errors import UnknownRecord
from touchbook.core.query.where import OWNER, Where, bind_owner
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Transaction

# The records are locked in this order, everywhere. `{}` stands for the ids, `:owner` for `Caller.only_owner`.
_RECORDS = {
    "contact": f"""select 'contact' as noun, c.id, c.uid from contacts c
        where c.team_id = $1 and c.id = any({{}}::bigint[])
        and {contact_is_seen(OWNER)} order by c.id for key share""",
    "account": """select 'account' as noun, a.id, a.uid from accounts a
        where a.team_id = $1 and a.id = any({}::bigint[]) and a.deleted_at is null order by a.id for key share""",
    "deal": """select 'deal' as noun, d.id, d.uid from deals d
        where d.team_id = $1 and d.id = any({}::bigint[]) and d.deleted_at is null order by d.id for key share""",
    "listing": """select 'listing' as noun, l.id, l.uid from listings l
        where l.team_id = $1 and l.id = any({}::bigint[]) and l.deleted_at is null order by l.id for key share""",
    "tag": """select 'tag' as noun, g.id, g.uid from tags g
        where g.team_id = $1 and g.id = any({}::bigint[]) order by g.id for key share""",
    "assignee": """select 'assignee' as noun, m.user_id as id, null::uuid as uid from members m
        where m.team_id = $1 and m.user_id = any({}::bigint[]) and m.left_at is null
        order by m.user_id for key share""",
    "user": """select 'user' as noun, m.user_id as id, u.uid from members m join users u on u.id = m.user_id
        where m.team_id = $1 and m.user_id = any({}::bigint[])""",
}

Taken = dict[tuple[str, int], UUID]


async def take_references(
    tx: Transaction,
    caller: Caller,
    *,
    records: Sequence[NewAssociation] = (),
    assignees: Collection[int] = (),
    tags: Collection[int] = (),
    users: Collection[int] = (),
) -> Taken:
    """Take one statement, with the nouns that are referred to.

    Return all uids by noun and id, for `users` whether they are still members or not. UnknownRecord for the first
    record that the team does not have or the caller does not see.
    """
    wanted: dict[str, Collection[int]] = {
        kind: {each.record for each in records if each.kind == kind} for kind in get_args(RecordKind)
    }
    wanted |= {"assignee": assignees, "tag": tags}
    found = await _lock(tx, caller, wanted | {"user": {*assignees, *users}})
    for noun, ids in wanted.items():
        for each in ids:
            if (noun, each) not in found:
                raise UnknownRecord(noun, each)
    if caller.user_id is not None and caller.user_uid is not None:
        found["user", caller.user_id] = caller.user_uid
    return found


async def _lock(tx: Transaction, caller: Caller, wanted: Mapping[str, Collection[int]]) -> Taken:
    nouns = [noun for noun in _RECORDS if wanted[noun]]
    if not nouns:
        return {}
    where = Where(caller.team_id)
    parts = ", ".join(
        f"{noun}_found as ({_RECORDS[noun].format(where.value(list(wanted[noun])))})" for noun in nouns
    )
    found = " union all ".join(f"select x.noun, x.id, x.uid from {noun}_found x" for noun in nouns)
    rows = await tx.fetch(bind_owner(f"with {parts} {found}", where, caller), *where.args)
    return {(row["noun"], row["id"]): row["uid"] for row in rows}
