"""The account of a contact: its company's, or one that it has to itself (7.5)."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec

from touchbook.core.accounts.account import AccountKind
from touchbook.core.caller import Caller
from touchbook.core.contacts.contact import UNNAMED, Contact
from touchbook.core.events import record_each, record_event
from touchbook.core.identity import new_uid
from touchbook.core.recordset import records, recordset
from touchbook.core.transaction import Row, Transaction

_TYPES = {"uid": "uuid", "kind": "text", "name": "text", "at": "timestamptz"}


async def account_ids_for(
    tx: Transaction, caller: Caller, wished: Sequence[tuple[int | None, str | None, str | None]]
) -> list[int]:
    """For each (account chosen, company, name): the chosen one, else the company's, else a new one of its own."""
    companies = await _company_ids(
        tx, caller, {company for chosen, company, _ in wished if company and not chosen}
    )
    alone = [name or UNNAMED for chosen, company, name in wished if not chosen and not company]
    own = iter(await _open(tx, caller, "person", alone))
    return [chosen or (companies[company] if company else next(own)) for chosen, company, _ in wished]


async def settle_accounts(
    tx: Transaction, caller: Caller, before: Mapping[int, Contact], after: Sequence[Contact]
) -> list[Contact]:
    """Moves those whose company changed, names those accounts anew that a contact has to itself."""
    moved = [contact for contact in after if contact.company != before[contact.id].company]
    named = [contact for contact in after if contact.display_name != before[contact.id].display_name]
    if moved:
        accounts = await account_ids_for(
            tx, caller, [(None, contact.company, contact.display_name) for contact in moved]
        )
        pairs = zip(moved, accounts, strict=True)
        places = {contact.id: account for contact, account in pairs if account != contact.account_id}
        left = {contact.id: contact.account_id for contact in moved if contact.id in places}
        await _move(tx, caller, left, places)
        told = {contact: {"account": account} for contact, account in places.items()}
        await record_each(tx, caller, "contact.updated", told)
        after = [
            msgspec.structs.replace(contact, account_id=places.get(contact.id, contact.account_id))
            for contact in after
        ]
    if named:
        await _rename_own(tx, caller, named)
    return list(after)


async def move_contact(tx: Transaction, caller: Caller, contact: Contact, *, account_id: int | None) -> Contact:
    """Into that account, with its tasks and deals; None: into one of its own."""
    [account] = await account_ids_for(tx, caller, [(account_id, None, contact.display_name)])
    await _move(tx, caller, {contact.id: contact.account_id}, {contact.id: account})
    await record_event(tx, caller, "contact.updated", contact.id, account=account)
    return msgspec.structs.replace(contact, account_id=account)


async def _company_ids(tx: Transaction, caller: Caller, names: Collection[str]) -> dict[str, int]:
    """By name, whatever its case; those that are missing are opened, by one transaction of the team at a time."""
    if not names:
        return {}
    rows = await _companies(tx, caller, names)
    if any(row["id"] is None for row in rows):
        await tx.execute(_ONE_AT_A_TIME, caller.team_id)
        rows = await _companies(tx, caller, names)
    missing = {row["folded"]: row["name"] for row in rows if row["id"] is None}
    opened = await _open(tx, caller, "company", list(missing.values()))
    new = dict(zip(missing, opened, strict=True))
    return {row["name"]: row["id"] or new[row["folded"]] for row in rows}


_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended('companies', $1))"


async def _companies(tx: Transaction, caller: Caller, names: Collection[str]) -> Sequence[Row]:
    return await tx.fetch(
        """select n.name, lower(n.name) as folded, min(a.id) as id
        from unnest($2::text[]) as n (name) left join accounts a on a.team_id = $1 and a.kind = 'company'
            and left(lower(a.name), 150) = left(lower(n.name), 150) and lower(a.name) = lower(n.name)
            and a.deleted_at is null
        group by n.name order by n.name""",
        caller.team_id,
        list(names),
    )


async def _open(tx: Transaction, caller: Caller, kind: AccountKind, names: Sequence[str]) -> list[int]:
    if not names:
        return []
    rows = [{"uid": new_uid(), "kind": kind, "name": name, "at": tx.tick()} for name in names]
    inserted = await tx.fetch(
        f"""insert into accounts as a (team_id, uid, kind, name, created_by, created_at, updated_at)
        select $1, r.uid, r.kind, r.name, $3, r.at, r.at from {recordset("$2", _TYPES)} returning a.uid, a.id""",
        caller.team_id,
        records(_TYPES, rows),
        caller.user_id,
    )
    ids = {row["uid"]: row["id"] for row in inserted}
    opened = [ids[row["uid"]] for row in rows]
    told: dict[int, dict[str, Any]] = {
        account: {"kind": kind, "name": name} for account, name in zip(opened, names, strict=True)
    }
    await record_each(tx, caller, "account.created", told)
    return opened


async def _move(tx: Transaction, caller: Caller, left: Mapping[int, int], places: Mapping[int, int]) -> None:
    """Contact by contact id from one account to another, its tasks and deals with it; an account of its own
    that it leaves empty is gone, and its lead id leads to the new one.
    """
    if not left:
        return
    moves = list(left), list(left.values()), [places[contact] for contact in left]
    await tx.execute(_MOVE_CONTACTS, caller.team_id, *moves)
    await tx.execute(_MOVE_LINKS, caller.team_id, *moves, tx.tick())
    await tx.execute(_MOVE_TASKS, caller.team_id, *moves, tx.tick(), caller.user_id)
    await tx.execute(_MOVE_DEALS, caller.team_id, *moves, tx.tick(), caller.user_id)
    await tx.execute(_LEAD_ON, caller.team_id, *moves)
    await tx.execute(_CLOSE, caller.team_id, *moves, tx.tick(), caller.user_id)


_MOVES = "unnest($2::bigint[], $3::bigint[], $4::bigint[]) as m (contact, old, new)"
_MOVE_CONTACTS = f"""update contacts c set account_id = m.new from {_MOVES}
    where c.team_id = $1 and c.id = m.contact"""
_MOVE_LINKS = f"""update task_associations l set account_id = m.new, updated_at = $5 from {_MOVES}
    where l.team_id = $1 and l.account_id = m.old and l.deleted_at is null
    and exists (select from task_associations s where s.team_id = $1 and s.task_id = l.task_id
        and s.contact_id = m.contact and s.deleted_at is null)"""
_MOVE_TASKS = f"""update tasks t set account_id = m.new, updated_at = $5, updated_by = $6 from {_MOVES}
    where t.team_id = $1 and t.account_id = m.old and exists (select from task_associations s
        where s.team_id = $1 and s.task_id = t.id and s.contact_id = m.contact and s.deleted_at is null)"""
_MOVE_DEALS = f"""update deals d set account_id = m.new, updated_at = $5, updated_by = $6 from {_MOVES}
    where d.team_id = $1 and d.account_id = m.old and d.contact_id = m.contact"""
_LEFT_EMPTY = """a.kind = 'person' and not exists (select from contacts c
        where c.team_id = $1 and c.account_id = a.id and c.deleted_at is null)"""
_LEAD_ON = f"""insert into aliases (team_id, dialect, kind, external_id, record_id)
    select distinct on (a.uid) $1, 'touchbook', 'account', a.uid::text, m.new from {_MOVES}
    join accounts a on a.team_id = $1 and a.id = m.old and {_LEFT_EMPTY} order by a.uid, m.contact
    on conflict (team_id, dialect, kind, external_id) do update set record_id = excluded.record_id"""
_CLOSE = f"""update accounts a set deleted_at = $5, updated_at = $5, updated_by = $6 from {_MOVES}
    where a.team_id = $1 and a.id = m.old and {_LEFT_EMPTY}"""


async def _rename_own(tx: Transaction, caller: Caller, contacts: Sequence[Contact]) -> None:
    """An account of kind person is named after its contact."""
    await tx.execute(
        """update accounts a set name = n.name, updated_at = $4, updated_by = $5
        from unnest($2::bigint[], $3::text[]) as n (id, name)
        where a.team_id = $1 and a.id = n.id and a.kind = 'person' and a.name <> n.name""",
        caller.team_id,
        [contact.account_id for contact in contacts],
        [contact.display_name or UNNAMED for contact in contacts],
        tx.tick(),
        caller.user_id,
    )
