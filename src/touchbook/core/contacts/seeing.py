"""Visibility of contacts: all of the team's, or only those of the caller (A-41), as the team chooses.

The terms for statements on other nouns take `owner`: the `$n` of `Caller.only_owner`, null where all are visible.
"""

from touchbook.core.caller import Caller
from touchbook.core.query.where import Where


def visible_contacts(caller: Caller) -> Where:
    """Return a query of contacts `c` that are not deleted and that the caller sees (RC-179)."""
    return add_visible_contacts(Where(caller.team_id), caller)


def add_visible_contacts(where: Where, caller: Caller) -> Where:
    where.add("c.team_id = $1").add("c.deleted_at is null")
    if caller.own_contacts_only:
        where.add("c.owner_id = {}", caller.user_id)
    return where


def contact_is_seen(owner: str) -> str:
    """Return a condition that contact `c` is there and visible to the caller."""
    return f"c.deleted_at is null and ({owner}::bigint is null or c.owner_id = {owner})"


def seen_contact(contact: str, owner: str) -> str:
    """Return SQL for the contact id in that column, or NULL if the caller may not see that contact.

    It is a select: an EXISTS might be answered by hashing all contacts for one page of rows.
    """
    return f"""(select c.id from contacts c where c.team_id = $1 and c.id = {contact}
        and {contact_is_seen(owner)})"""


def sees_contact(contact: str, owner: str) -> str:
    """Return a condition that the contact in that column is visible to the caller."""
    return f"{seen_contact(contact, owner)} is not null"


def seen_of_contact(table: str, column: str, owner: str) -> str:
    """Return SQL for the row id of `table` (each row belongs to one contact), or NULL if the row or its contact is
    not visible.
    """
    return f"""(select p.id from {table} p where p.team_id = $1 and p.id = {column} and p.deleted_at is null
        and {sees_contact("p.contact_id", owner)})"""
