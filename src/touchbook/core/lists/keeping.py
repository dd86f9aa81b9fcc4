"""Making lists, naming them, choosing who is on them."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict, Invalid, NotFound
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.queries import LIST_COLUMNS, list_from
from touchbook.core.lists.rule import Rule
from touchbook.core.transaction import Transaction

LONGEST_NAME = 255


async def make_list(tx: Transaction, caller: Caller, *, name: str, rule: Rule | None = None) -> ContactList:
    """Conflict if the team has a list of that name, whatever its case."""
    _check_name(name)
    row = await tx.fetch_row(
        f"""insert into contact_lists as l (team_id, uid, name, rule, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)
        on conflict (team_id, lower(name)) where deleted_at is null do nothing returning {LIST_COLUMNS}""",
        caller.team_id,
        new_uid(),
        name,
        _encoded(rule),
        caller.user_id,
        tx.tick(),
    )
    if row is None:
        raise Conflict(f"There is a list {name} already.")
    made = list_from(row)
    await record_event(tx, caller, "list.created", made.id, name=name, rule=rule)
    return made


async def edit_list(
    tx: Transaction,
    caller: Caller,
    kept: ContactList,
    *,
    name: str | UnsetType = UNSET,
    rule: Rule | UnsetType | None = UNSET,
) -> ContactList:
    """A list of chosen contacts stays one, and a live one live."""
    kept = await _lock(tx, caller, kept)
    wished: dict[str, Any] = {
        "name": kept.name if name is UNSET else name,
        "rule": kept.rule if rule is UNSET else rule,
    }
    changes = {member: value for member, value in wished.items() if getattr(kept, member) != value}
    if not changes:
        return kept
    if (kept.rule is None) != (wished["rule"] is None):
        raise Invalid({"rule": ["A list of chosen contacts stays one, and a live list live."]})
    _check_name(str(wished["name"]))
    taken = await tx.fetch_value(
        """select l.id from contact_lists l where l.team_id = $1 and lower(l.name) = lower($2) and l.id <> $3
        and l.deleted_at is null""",
        caller.team_id,
        wished["name"],
        kept.id,
    )
    if taken is not None:
        raise Conflict(f"There is a list {wished['name']} already.")
    row = await tx.fetch_row(
        f"""update contact_lists l set name = $3, rule = $4, updated_at = $5, updated_by = $6
        where l.team_id = $1 and l.id = $2 returning {LIST_COLUMNS}""",
        caller.team_id,
        kept.id,
        wished["name"],
        _encoded(wished["rule"]),
        tx.tick(),
        caller.user_id,
    )
    assert row is not None
    await record_event(tx, caller, "list.updated", kept.id, **changes)
    return list_from(row)


async def delete_list(tx: Transaction, caller: Caller, kept: ContactList) -> None:
    """Its contacts stay."""
    await tx.execute(
        """update contact_lists l set deleted_at = $3, updated_at = $3, updated_by = $4
        where l.team_id = $1 and l.id = $2""",
        caller.team_id,
        kept.id,
        tx.tick(),
        caller.user_id,
    )
    await tx.execute(
        "delete from contact_list_members m where m.team_id = $1 and m.list_id = $2", caller.team_id, kept.id
    )
    await record_event(tx, caller, "list.deleted", kept.id)


async def choose_contacts(
    tx: Transaction, caller: Caller, kept: ContactList, *, contact_ids: Sequence[int]
) -> int:
    """Onto the list; answers how many were not on it. Invalid for a live list."""
    _check_chosen(await _lock(tx, caller, kept))
    added = await tx.execute(
        """insert into contact_list_members (team_id, list_id, contact_id, added_by, added_at)
        select $1, $2, n.id, $4, $5 from unnest($3::bigint[]) as n (id) on conflict do nothing""",
        caller.team_id,
        kept.id,
        list(contact_ids),
        caller.user_id,
        tx.tick(),
    )
    if added:
        await record_event(tx, caller, "list.contacts_added", kept.id, contacts=list(contact_ids))
    return added


async def drop_contacts(tx: Transaction, caller: Caller, kept: ContactList, *, contact_ids: Sequence[int]) -> int:
    """Off the list; answers how many were on it."""
    _check_chosen(kept)
    removed = await tx.execute(
        """delete from contact_list_members m
        where m.team_id = $1 and m.list_id = $2 and m.contact_id = any($3::bigint[])""",
        caller.team_id,
        kept.id,
        list(contact_ids),
    )
    if removed:
        await record_event(tx, caller, "list.contacts_removed", kept.id, contacts=list(contact_ids))
    return removed


async def _lock(tx: Transaction, caller: Caller, kept: ContactList) -> ContactList:
    """As it stands now, held for this transaction."""
    row = await tx.fetch_row(
        f"""select {LIST_COLUMNS} from contact_lists l
        where l.team_id = $1 and l.id = $2 and l.deleted_at is null for update""",
        caller.team_id,
        kept.id,
    )
    if row is None:
        raise NotFound("list", kept.uid)
    return list_from(row)


def _check_chosen(kept: ContactList) -> None:
    if kept.rule is not None:
        raise Invalid({"contacts": ["Who is on a live list is decided by its rule."]})


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid({"name": [f"A list has a name of 1 to {LONGEST_NAME} characters."]})


def _encoded(rule: Rule | None) -> str | None:
    return None if rule is None else msgspec.json.encode(rule).decode()
