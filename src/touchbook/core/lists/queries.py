from collections import defaultdict
from collections.abc import Collection, Sequence
from uuid import UUID

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.filtering import ListMembers, matching_list
from touchbook.core.errors import NotFound
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.rule import Rule, filters_of
from touchbook.core.query.where import Where
from touchbook.core.transaction import Reader, Row

LIST_COLUMNS = ", ".join(f"l.{name}" for name in ContactList.__struct_fields__)
_RULE = ContactList.__struct_fields__.index("rule")
_rule = msgspec.json.Decoder(Rule)


def list_from(row: Row) -> ContactList:
    members = list(row)
    members[_RULE] = _rule.decode(members[_RULE]) if members[_RULE] else None
    return ContactList(*members)


async def find_list(reader: Reader, caller: Caller, uid: UUID) -> ContactList:
    found = await lists_by_uid(reader, caller, [uid])
    if not found:
        raise NotFound("list", uid)
    return found[0]


async def lists_by_uid(reader: Reader, caller: Caller, uids: Collection[UUID]) -> list[ContactList]:
    rows = await reader.fetch(
        f"""select {LIST_COLUMNS} from contact_lists l
        where l.team_id = $1 and l.uid = any($2::uuid[]) and l.deleted_at is null order by l.id""",
        caller.team_id,
        list(uids),
    )
    return list(map(list_from, rows))


async def list_lists(
    reader: Reader, caller: Caller, *, offset: int = 0, limit: int | None = None
) -> list[ContactList]:
    """Return the team's lists by name."""
    rows = await reader.fetch(
        f"""select {LIST_COLUMNS} from contact_lists l
        where l.team_id = $1 and l.deleted_at is null order by l.name_key, l.id offset $2 limit $3""",
        caller.team_id,
        offset,
        limit,
    )
    return list(map(list_from, rows))


async def members_of(reader: Reader, caller: Caller, lists: Sequence[ContactList]) -> list[ListMembers]:
    """Return the members of each list, in the form that a contact filter takes."""
    live = [kept.rule for kept in lists if kept.rule]
    filters = iter(await filters_of(reader, caller, live))
    return [ListMembers(kept.id, next(filters) if kept.rule else None) for kept in lists]


async def lists_of_contacts(
    reader: Reader, caller: Caller, contact_ids: Sequence[int]
) -> dict[int, list[ContactList]]:
    """Return by contact the lists that it is on, live ones included, with one query for all lists (RC-172)."""
    lists = await list_lists(reader, caller)
    if not lists:
        return {}
    where = Where(caller.team_id)
    ids = where.value(list(contact_ids))
    parts = []
    for members in await members_of(reader, caller, lists):
        branch = matching_list(where.branch().add("c.team_id = $1"), members, caller.region)
        parts.append(
            f"""select {int(members.list_id)} as list, c.id from contacts c
            where {branch.sql} and c.id = any({ids}::bigint[])"""
        )
    named = {kept.id: kept for kept in lists}
    found: dict[int, list[ContactList]] = defaultdict(list)
    for row in await reader.fetch(" union all ".join(parts), *where.args):
        found[row["id"]].append(named[row["list"]])
    return found
