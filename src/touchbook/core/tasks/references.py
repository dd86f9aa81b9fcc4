from collections.abc import Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.transaction import Reader

_STANDING = {
    "contact": "select c.id from contacts c where c.team_id = $1 and c.deleted_at is null",
    "deal": "select d.id from deals d where d.team_id = $1 and d.deleted_at is null",
    "listing": "select l.id from listings l where l.team_id = $1 and l.deleted_at is null",
    "account": "select a.id from accounts a where a.team_id = $1 and a.deleted_at is null",
    "assignee": "select m.user_id as id from members m where m.team_id = $1 and m.left_at is null",
    "tag": "select g.id from tags g where g.team_id = $1",
}


async def check_references(
    reader: Reader,
    caller: Caller,
    *,
    contacts: Sequence[int] = (),
    deals: Sequence[int] = (),
    listings: Sequence[int] = (),
    accounts: Sequence[int] = (),
    assignees: Sequence[int] = (),
    tags: Sequence[int] = (),
) -> None:
    """One query for all; raises UnknownRecord for the first that the team does not have, or the caller not see."""
    asked = {
        noun: ids
        for noun, ids in zip(_STANDING, (contacts, deals, listings, accounts, assignees, tags), strict=True)
        if ids
    }
    if not asked:
        return
    args: list[Any] = [caller.team_id, *map(list, asked.values())]
    own = ""
    if contacts and caller.own_contacts_only:
        args.append(caller.user_id)
        own = f" and c.owner_id = ${len(args)}"
    unknown = " union all ".join(
        f"""select '{noun}' as noun, x.id from unnest(${number}::bigint[]) as x (id)
        where x.id not in ({_STANDING[noun]} and {_identity(noun)} = any(${number}::bigint[])
            {own if noun == "contact" else ""})"""
        for number, noun in enumerate(asked, start=2)
    )
    row = await reader.fetch_row(unknown, *args)
    if row is not None:
        raise UnknownRecord(row["noun"], row["id"])


def _identity(noun: str) -> str:
    return _STANDING[noun].split()[1]
