"""Linking tasks to the contacts, deals, listings and accounts that they are about."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from touchbook.core.caller import Caller
from touchbook.core.differing import canonical
from touchbook.core.errors import Invalid, UnknownRecord
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.tasks.amending import touch_task
from touchbook.core.tasks.association import Association, AssociationChange, NewAssociation
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.references import check_references
from touchbook.core.tasks.task import Link, RecordKind, Task
from touchbook.core.transaction import Reader, Transaction

MOST_ASSOCIATIONS = 500
_TYPES = {
    "uid": "uuid",
    "kind": "text",
    "record": "bigint",
    "index": "integer",
    "metadata": "jsonb",
    "at": "timestamptz",
}


async def associate_records(
    tx: Transaction,
    caller: Caller,
    *,
    task_id: int,
    new: Sequence[NewAssociation] = (),
    changes: Sequence[AssociationChange] = (),
) -> Task | None:
    """Adds links, and changes index and metadata of those that stand; one to a record that is linked already is a
    change of that link (RT-47, RT-48). None: all was so before. UnknownRecord for a record that is not there.
    """
    await check_associations(tx, caller, new)
    task = await lock_task(tx, caller, task_id)
    standing = {link.id: link for link in (await associations_of(tx, caller, [task_id])).get(task_id, ())}
    linked = {(link.kind, link.record): link.id for link in standing.values()}
    added = [each for each in _last_of_each(new) if (each.kind, each.record) not in linked]
    if len(standing) + len(added) > MOST_ASSOCIATIONS:
        raise Invalid({"associations": [f"A task has at most {MOST_ASSOCIATIONS} associations."]})
    again = [_change(linked[each.kind, each.record], each) for each in new if (each.kind, each.record) in linked]
    changed = _differing(standing, [*changes, *again])
    if not added and not changed:
        return None
    await insert_associations(tx, caller, task_id, added)
    await _write_changes(tx, caller, changed)
    told = {
        "added": [{"kind": each.kind, "record": each.record} for each in added],
        "changed": [{"kind": each.kind, "record": each.record} for each in changed],
    }
    return await _settle(tx, caller, task, "task.associated", told)


async def dissociate_records(
    tx: Transaction, caller: Caller, *, task_id: int, association_ids: Collection[int]
) -> Task | None:
    """None if the task has none of them."""
    task = await lock_task(tx, caller, task_id)
    gone = [link for link in task.associations if link.id in set(association_ids)]
    if not gone:
        return None
    await tx.execute(
        """update task_associations s set deleted_at = $3, updated_at = $3
        where s.team_id = $1 and s.id = any($2::bigint[])""",
        caller.team_id,
        [link.id for link in gone],
        tx.tick(),
    )
    told = {"removed": [{"kind": link.kind, "record": link.record} for link in gone]}
    return await _settle(tx, caller, task, "task.dissociated", told)


async def replace_first_record(
    tx: Transaction, caller: Caller, *, task_id: int, kind: RecordKind, record: int | None
) -> Task | None:
    """Puts a record in the place of the first of its kind and keeps the rest (M-9); None removes the first alone.

    None: it stands there already. UnknownRecord for a record that is not there.
    """
    task = await lock_task(tx, caller, task_id)
    links = [link for link in task.associations if link.kind == kind]
    if record == (links[0].record if links else None):
        return None
    new = [] if record is None else [NewAssociation(kind, record, _first_place(links, record))]
    changed = await associate_records(tx, caller, task_id=task_id, new=new) if new else None
    gone = [link.id for link in links[:1]]
    return await dissociate_records(tx, caller, task_id=task_id, association_ids=gone) or changed


def _first_place(links: Sequence[Link], record: int) -> int | None:
    """The index by which it stands before those that stay: that of the first one, if that will do."""
    first = links[0].index if links else None
    rest = [link.index for link in links[1:] if link.record != record]
    lowest = min((index for index in rest if index is not None), default=None)
    if not rest or (first is not None and (lowest is None or first < lowest)):
        return first
    return 0 if lowest is None else lowest - 1


async def check_associations(
    reader: Reader, caller: Caller, new: Sequence[NewAssociation], **others: Sequence[int]
) -> None:
    """And, in the same query, `others` that `check_references` knows."""
    await check_references(
        reader,
        caller,
        contacts=_records(new, "contact"),
        deals=_records(new, "deal"),
        listings=_records(new, "listing"),
        accounts=_records(new, "account"),
        **others,
    )


async def insert_associations(
    tx: Transaction, caller: Caller, task_id: int, new: Sequence[NewAssociation]
) -> None:
    """Of records that are there, each once."""
    if not new:
        return
    rows = [
        {
            "uid": new_uid(),
            "kind": each.kind,
            "record": each.record,
            "index": each.index,
            "metadata": None if each.metadata is None else msgspec.Raw(each.metadata.encode()),
            "at": tx.tick(),
        }
        for each in _last_of_each(new)
    ]
    await tx.execute(
        f"""insert into task_associations
            (team_id, uid, task_id, kind, contact_id, deal_id, listing_id, account_id, index,
            metadata, created_by, created_at, updated_at)
        select $1, r.uid, $2, r.kind, case r.kind when 'contact' then r.record end,
            case r.kind when 'deal' then r.record end, case r.kind when 'listing' then r.record end,
            case r.kind when 'account' then r.record end, r.index, r.metadata, $4, r.at, r.at
        from {recordset("$3", _TYPES)}""",
        caller.team_id,
        task_id,
        records(_TYPES, rows),
        caller.user_id,
    )


async def associations_of(
    reader: Reader, caller: Caller, task_ids: Collection[int]
) -> dict[int, list[Association]]:
    """Of each task by index, those without one last, then by age (RT-70); contacts only that the caller sees."""
    rows = await reader.fetch(
        """select s.id, s.uid, s.task_id, s.kind, coalesce(s.contact_id, s.deal_id, s.listing_id, s.account_id),
            coalesce(c.uid, d.uid, l.uid, a.uid), s.index, s.metadata, s.created_by, s.created_at, s.updated_at
        from task_associations s
        left join contacts c on c.team_id = $1 and c.id = s.contact_id
        left join deals d on d.team_id = $1 and d.id = s.deal_id
        left join listings l on l.team_id = $1 and l.id = s.listing_id
        left join accounts a on a.team_id = $1 and a.id = s.account_id
        where s.team_id = $1 and s.task_id = any($2::bigint[]) and s.deleted_at is null
            and (s.kind <> 'contact' or $3::bigint is null or c.owner_id = $3)
        order by s.task_id, s.index, s.created_at, s.id""",
        caller.team_id,
        list(task_ids),
        caller.user_id if caller.own_contacts_only else None,
    )
    found: dict[int, list[Association]] = defaultdict(list)
    for row in rows:
        found[row["task_id"]].append(Association(*row))
    return found


def _records(new: Sequence[NewAssociation], kind: RecordKind) -> list[int]:
    return [each.record for each in new if each.kind == kind]


def _last_of_each(new: Sequence[NewAssociation]) -> list[NewAssociation]:
    return list({(each.kind, each.record): each for each in new}.values())


def _change(association_id: int, again: NewAssociation) -> AssociationChange:
    """What a link that is asked for again says; what it leaves out stays."""
    return AssociationChange(
        id=association_id,
        index=UNSET if again.index is None else again.index,
        metadata=UNSET if again.metadata is None else again.metadata,
    )


def _differing(standing: dict[int, Association], changes: Sequence[AssociationChange]) -> list[Association]:
    """As they are to be, those that are otherwise now; the last word on each counts."""
    wished = dict(standing)
    for change in changes:
        if change.id not in wished:
            raise UnknownRecord("association", change.id)
        said = {name: getattr(change, name) for name in ("index", "metadata")}
        wished[change.id] = msgspec.structs.replace(
            wished[change.id], **{name: value for name, value in said.items() if value is not UNSET}
        )
    return [each for each in wished.values() if _says(each) != _says(standing[each.id])]


def _says(association: Association) -> tuple[int | None, bytes | None]:
    return association.index, canonical(association.metadata)


async def _write_changes(tx: Transaction, caller: Caller, changed: Sequence[Association]) -> None:
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


async def _settle(tx: Transaction, caller: Caller, task: Task, event: str, told: dict[str, Any]) -> Task:
    """Its account is that which it was given, if that stands, else its first contact's, else its first deal's."""
    account = await tx.fetch_row(
        """with derived as (select coalesce(
            (select s.account_id from task_associations s join accounts a on a.team_id = $1 and a.id = s.account_id
                where s.team_id = $1 and s.task_id = $2 and s.kind = 'account' and s.deleted_at is null
                and a.deleted_at is null order by s.index, s.created_at, s.id limit 1),
            (select c.account_id from task_associations s join contacts c on c.team_id = $1 and c.id = s.contact_id
                where s.team_id = $1 and s.task_id = $2 and s.kind = 'contact' and s.deleted_at is null
                order by s.index, s.created_at, s.id limit 1),
            (select d.account_id from task_associations s join deals d on d.team_id = $1 and d.id = s.deal_id
                where s.team_id = $1 and s.task_id = $2 and s.kind = 'deal' and s.deleted_at is null
                order by s.index, s.created_at, s.id limit 1)) as account_id)
        update tasks t set account_id = derived.account_id from derived
        where t.team_id = $1 and t.id = $2 and t.account_id is distinct from derived.account_id
        returning t.account_id""",
        caller.team_id,
        task.id,
    )
    if account is not None:
        told["account_id"] = account["account_id"]
    await record_event(tx, caller, event, subject="task", subject_id=task.id, changes=told)
    return await touch_task(tx, caller, task.id)
