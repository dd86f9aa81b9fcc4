"""Creates and deletes lists, and adds and removes their contacts."""

from collections.abc import Sequence

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.errors import Conflict, Invalid, NotFound
from touchbook.core.events import record_event
from touchbook.core.folding import same
from touchbook.core.identity import new_uid
from touchbook.core.lists.contact_list import ContactList
from touchbook.core.lists.queries import LIST_COLUMNS, list_from
from touchbook.core.lists.rule import Rule
from touchbook.core.transaction import Row, Transaction

LONGEST_NAME = 255


async def make_list(tx: Transaction, caller: Caller, *, name: str, rule: Rule | None = None) -> ContactList:
    """Conflict if the team has a list of that name, in whatever case or form."""
    check_name(name)
    row = await tx.fetch_row(
        f"""insert into contact_lists as l (team_id, uid, name, rule, created_by, created_at, updated_at, name_key)
        values ($1, $2, $3, $4, $5, $6, $6, $7)
        on conflict (team_id, name_key) where deleted_at is null do nothing returning {LIST_COLUMNS}""",
        caller.team_id,
        new_uid(),
        name,
        encode_rule(rule),
        caller.user_id,
        tx.tick(),
        same(name),
    )
    if row is None:
        raise Conflict(f"A list named {name} already exists.")
    made = list_from(row)
    await record_event(tx, caller, "list.created", made.id, name=name, rule=rule)
    return made


async def delete_list(tx: Transaction, caller: Caller, kept: ContactList) -> None:
    """The contacts stay. Deleting a deleted list changes nothing."""
    deleted = await tx.execute(
        """update contact_lists l set deleted_at = $3, updated_at = $3, updated_by = $4
        where l.team_id = $1 and l.id = $2 and l.deleted_at is null""",
        caller.team_id,
        kept.id,
        tx.tick(),
        caller.user_id,
    )
    if not deleted:
        return
    await tx.execute(
        "delete from contact_list_members m where m.team_id = $1 and m.list_id = $2", caller.team_id, kept.id
    )
    await record_event(tx, caller, "list.deleted", kept.id)


async def choose_contacts(
    tx: Transaction, caller: Caller, kept: ContactList, *, contact_ids: Sequence[int]
) -> int:
    """Add contacts, and return how many were new to the list.

    Contacts deleted meanwhile are skipped. Invalid for a live list.
    """
    _check_chosen(await lock_list(tx, caller, kept))
    rows = await tx.fetch(
        """with held as (
            select c.id from contacts c where c.team_id = $1 and c.id = any($3::bigint[])
            and c.deleted_at is null order by c.id for key share
        ) insert into contact_list_members (team_id, list_id, contact_id, added_by, added_at)
        select $1, $2, held.id, $4, $5 from held on conflict do nothing returning contact_id""",
        caller.team_id,
        kept.id,
        list(contact_ids),
        caller.user_id,
        tx.tick(),
    )
    if rows:
        added = _in_order(contact_ids, rows)
        await record_event(tx, caller, "list.contacts_added", kept.id, contacts=added)
    return len(rows)


async def drop_contacts(tx: Transaction, caller: Caller, kept: ContactList, *, contact_ids: Sequence[int]) -> int:
    """Remove contacts, and return how many were on the list."""
    _check_chosen(kept)
    rows = await tx.fetch(
        """delete from contact_list_members m
        where m.team_id = $1 and m.list_id = $2 and m.contact_id = any($3::bigint[]) returning m.contact_id""",
        caller.team_id,
        kept.id,
        list(contact_ids),
    )
    if rows:
        dropped = _in_order(contact_ids, rows)
        await record_event(tx, caller, "list.contacts_removed", kept.id, contacts=dropped)
    return len(rows)


async def lock_list(tx: Transaction, caller: Caller, kept: ContactList) -> ContactList:
    """Lock the list and return its present state. NotFound if it is deleted."""
    row = await tx.fetch_row(
        f"""select {LIST_COLUMNS} from contact_lists l
        where l.team_id = $1 and l.id = $2 and l.deleted_at is null for no key update""",
        caller.team_id,
        kept.id,
    )
    if row is None:
        raise NotFound("list", kept.uid)
    return list_from(row)


def _in_order(contact_ids: Sequence[int], rows: Sequence[Row]) -> list[int]:
    """Return the contacts of the rows in the order in which they were given."""
    changed = {row["contact_id"] for row in rows}
    return [each for each in dict.fromkeys(contact_ids) if each in changed]


def _check_chosen(kept: ContactList) -> None:
    if kept.rule is not None:
        raise Invalid({"contacts": ["The contacts of a live list are decided by its rule."]})


def check_name(name: str) -> None:
    if not same(name) or len(name) > LONGEST_NAME:
        raise Invalid({"name": [f"name must have 1 to {LONGEST_NAME} characters."]})


def encode_rule(rule: Rule | None) -> str | None:
    return None if rule is None else msgspec.json.encode(rule).decode()
