"""Links of tasks to contacts, deals, listings and accounts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.tasks.association import Association, NewAssociation
from touchbook.core.tasks.columns import derive_columns
from touchbook.core.tasks.linking import LinkPlan, last_of_each
from touchbook.core.tasks.seeing import link_is_seen
from touchbook.core.tasks.task import RecordKind
from touchbook.core.teams.queries import uid_of_user
from touchbook.core.transaction import Reader, Transaction

LINK_TYPES = {
    "uid": "uuid",
    "kind": "text",
    "record": "bigint",
    "index": "integer",
    "metadata": "jsonb",
    "at": "timestamptz",
}


async def associations_of(
    reader: Reader, caller: Caller, task_ids: Collection[int]
) -> dict[int, list[Association]]:
    """Return by task the links that the caller sees, by index, those without one last, then by age (RT-70)."""
    rows = await reader.fetch(
        f"""select s.id, s.uid, s.task_id, s.kind, coalesce(s.contact_id, s.deal_id, s.listing_id, s.account_id),
            coalesce(c.uid, d.uid, l.uid, a.uid), s.index, s.metadata, s.created_by,
            {uid_of_user("s.created_by")}, s.created_at, s.updated_at
        from task_associations s
        left join contacts c on c.team_id = s.team_id and c.id = s.contact_id
        left join deals d on d.team_id = s.team_id and d.id = s.deal_id
        left join listings l on l.team_id = s.team_id and l.id = s.listing_id
        left join accounts a on a.team_id = s.team_id and a.id = s.account_id
        where s.team_id = $1 and s.task_id = any($2::bigint[]) and s.deleted_at is null
            and {link_is_seen("$3")}
        order by s.task_id, s.index, s.created_at, s.id""",
        caller.team_id,
        list(task_ids),
        caller.only_owner,
    )
    found: dict[int, list[Association]] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(Association(*row))
    return found


async def write_links(tx: Transaction, caller: Caller, plans: Mapping[int, LinkPlan]) -> dict[int, int | None]:
    """Write the links by task id. Return the new account of each task whose account changed."""
    await _insert_links(tx, caller, {task: plan.added for task, plan in plans.items()})
    await _change_links(tx, caller, [each for plan in plans.values() for each in plan.changed])
    await _delete_links(tx, caller, [each.id for plan in plans.values() for each in plan.removed])
    await derive_columns(tx, caller, list(plans))
    return await settle_accounts(tx, caller, list(plans))


async def _insert_links(tx: Transaction, caller: Caller, new: Mapping[int, Sequence[NewAssociation]]) -> None:
    """Insert links by task id. The records are locked."""
    rows = [{"task_id": task, **row} for task, links in new.items() for row in rows_of_links(tx, links)]
    if rows:
        types = {"task_id": "bigint", **LINK_TYPES}
        await tx.execute(
            insert_links("r.task_id", recordset("$2", types), "$3"),
            caller.team_id,
            records(types, rows),
            caller.user_id,
        )


def rows_of_links(tx: Transaction, links: Sequence[NewAssociation]) -> list[dict[str, Any]]:
    """Return the rows of new links, with members of LINK_TYPES."""
    return [
        {
            "uid": new_uid(),
            "kind": each.kind,
            "record": each.record,
            "index": each.index,
            "metadata": None if each.metadata is None else msgspec.Raw(each.metadata.encode()),
            "at": tx.tick(),
        }
        for each in last_of_each(links)
    ]


def insert_links(task: str, rows: str, by: str) -> str:
    """Return the insert of `rows`, a recordset `r`, as links of the task that `task` names."""
    columns = ", ".join(f"case r.kind when '{kind}' then r.record end" for kind in get_args(RecordKind))
    return f"""insert into task_associations (team_id, task_id, uid, kind, contact_id, deal_id, listing_id,
            account_id, index, metadata, created_by, created_at, updated_at)
        select $1, {task}, r.uid, r.kind, {columns}, r.index, r.metadata, {by}, r.at, r.at from {rows}"""


async def _change_links(tx: Transaction, caller: Caller, changed: Sequence[Association]) -> None:
    if changed:
        await tx.execute(
            """update task_associations s set index = n.index, metadata = n.metadata, updated_at = $5
            from unnest($2::bigint[], $3::integer[], $4::jsonb[]) as n (id, index, metadata)
            where s.team_id = $1 and s.id = n.id""",
            caller.team_id,
            [each.id for each in changed],
            [each.index for each in changed],
            [each.metadata for each in changed],
            tx.tick(),
        )


async def _delete_links(tx: Transaction, caller: Caller, ids: Sequence[int]) -> None:
    if ids:
        await tx.execute(
            """update task_associations s set deleted_at = $3, updated_at = $3
            where s.team_id = $1 and s.id = any($2::bigint[])""",
            caller.team_id,
            list(ids),
            tx.tick(),
        )


async def settle_accounts(
    tx: Transaction, caller: Caller, task_ids: Sequence[int], *, if_any: bool = False
) -> dict[int, int | None]:
    """A task's account is the one it was given, else its first contact's, else its first deal's; visible accounts
    and records come before others. With `if_any`, a task without any keeps its account. Return the new account of
    each task whose account changed.
    """
    rows = await tx.fetch(
        """with derived as (select x.id, coalesce(
            (select s.account_id from task_associations s
                join accounts a on a.team_id = s.team_id and a.id = s.account_id
                where s.team_id = $1 and s.task_id = x.id and s.kind = 'account' and s.deleted_at is null
                and a.deleted_at is null order by s.index, s.created_at, s.id limit 1),
            (select c.account_id from task_associations s
                join contacts c on c.team_id = s.team_id and c.id = s.contact_id
                join accounts a on a.team_id = c.team_id and a.id = c.account_id and a.deleted_at is null
                where s.team_id = $1 and s.task_id = x.id and s.kind = 'contact' and s.deleted_at is null
                order by c.deleted_at is not null, s.index, s.created_at, s.id limit 1),
            (select d.account_id from task_associations s
                join deals d on d.team_id = s.team_id and d.id = s.deal_id
                join accounts a on a.team_id = d.team_id and a.id = d.account_id and a.deleted_at is null
                where s.team_id = $1 and s.task_id = x.id and s.kind = 'deal' and s.deleted_at is null
                order by d.deleted_at is not null, s.index, s.created_at, s.id limit 1)) as account_id
            from tasks x where x.team_id = $1 and x.id = any($2::bigint[]))
        update tasks t set account_id = derived.account_id, updated_at = greatest(t.updated_at, $3),
            updated_by = $4
        from derived where t.team_id = $1 and t.id = derived.id
        and t.account_id is distinct from derived.account_id and not ($5 and derived.account_id is null)
        returning t.id, t.account_id""",
        caller.team_id,
        list(task_ids),
        tx.tick(),
        caller.user_id,
        if_any,
    )
    return {row["id"]: row["account_id"] for row in rows}
