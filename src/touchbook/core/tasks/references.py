"""Locks the records that tasks refer to against deletion, while new references are written."""

from collections.abc import Collection, Sequence
from typing import get_args
from uuid import UUID

from touchbook.core.caller import Caller
from touchbook.core.errors import UnknownRecord
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.task import RecordKind
from touchbook.core.transaction import Transaction

# In this order they are held, everywhere.
_STATEMENT = """with contact as (
    select c.id, c.uid from contacts c where c.team_id = $1 and c.id = any($2::bigint[])
    and c.deleted_at is null and ($9::bigint is null or c.owner_id = $9) order by c.id for key share
), account as (
    select a.id, a.uid from accounts a where a.team_id = $1 and a.id = any($3::bigint[])
    and a.deleted_at is null order by a.id for key share
), deal as (
    select d.id, d.uid from deals d where d.team_id = $1 and d.id = any($4::bigint[])
    and d.deleted_at is null order by d.id for key share
), listing as (
    select l.id, l.uid from listings l where l.team_id = $1 and l.id = any($5::bigint[])
    and l.deleted_at is null order by l.id for key share
), tag as (
    select g.id, g.uid from tags g where g.team_id = $1 and g.id = any($6::bigint[]) order by g.id for key share
), assignee as (
    select m.user_id as id from members m where m.team_id = $1 and m.user_id = any($7::bigint[])
    and m.left_at is null order by m.user_id for key share
)
select 'contact' as noun, contact.id, contact.uid from contact
union all select 'account', account.id, account.uid from account
union all select 'deal', deal.id, deal.uid from deal
union all select 'listing', listing.id, listing.uid from listing
union all select 'tag', tag.id, tag.uid from tag
union all select 'assignee', assignee.id, null from assignee
union all select 'user', m.user_id, u.uid from members m join users u on u.id = m.user_id
    where m.team_id = $1 and m.user_id = any($8::bigint[])"""

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
    """Take always one statement.

    Return all uids by noun and id, for `users` whether they are still members or not. UnknownRecord for the first
    record that the team does not have or the caller does not see.
    """
    wanted: dict[str, Collection[int]] = {
        kind: {each.record for each in records if each.kind == kind} for kind in get_args(RecordKind)
    }
    wanted |= {"assignee": assignees, "tag": tags}
    rows = await tx.fetch(
        _STATEMENT,
        caller.team_id,
        *(list(wanted[noun]) for noun in ("contact", "account", "deal", "listing", "tag", "assignee")),
        [*assignees, *users],
        caller.only_owner,
    )
    found: Taken = {(row["noun"], row["id"]): row["uid"] for row in rows}
    for noun, ids in wanted.items():
        for each in ids:
            if (noun, each) not in found:
                raise UnknownRecord(noun, each)
    if caller.user_id is not None and caller.user_uid is not None:
        found["user", caller.user_id] = caller.user_uid
    return found
