"""Which contacts a caller sees: the team's, or, where the team wishes it so, one's own (A-41).

The terms for other nouns' statements take `owner`: the `$n` of `Caller.only_owner`, null where all are seen.
"""

from touchbook.core.caller import Caller
from touchbook.core.query.where import Where


def visible_contacts(caller: Caller) -> Where:
    """Contacts `c` that are not deleted and that the caller sees (RC-179)."""
    return add_visible_contacts(Where(caller.team_id), caller)


def add_visible_contacts(where: Where, caller: Caller) -> Where:
    where.add("c.team_id = $1").add("c.deleted_at is null")
    if caller.own_contacts_only:
        where.add("c.owner_id = {}", caller.user_id)
    return where


def seen_contact(contact: str, owner: str) -> str:
    """The contact in that column, or NULL if it is deleted or not the caller's to see.

    A select and no EXISTS: that might be answered by hashing all contacts, for a page of which each has one.
    """
    return f"""(select c.id from contacts c where c.team_id = $1 and c.id = {contact} and c.deleted_at is null
        and ({owner}::bigint is null or c.owner_id = {owner}))"""


def contact_is_seen(contact: str, owner: str) -> str:
    """The term that there is a contact in that column for the caller."""
    return f"{seen_contact(contact, owner)} is not null"


def seen_of_contact(table: str, column: str, owner: str) -> str:
    """The row of `table` (each is of one contact) in that column, or NULL if it or its contact is not there."""
    return f"""(select p.id from {table} p where p.team_id = $1 and p.id = {column} and p.deleted_at is null
        and {contact_is_seen("p.contact_id", owner)})"""
