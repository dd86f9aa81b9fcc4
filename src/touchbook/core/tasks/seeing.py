"""Visibility of a task's links: none to records that are deleted or invisible to the caller (RC-179).

The first record of a kind is the first visible one, in reads, filters and writes alike (M-9, A-44). `owner` is the
`$n` of `Caller.only_owner`.
"""

from touchbook.core.accounts.queries import seen_account
from touchbook.core.contacts.seeing import contact_is_seen
from touchbook.core.tasks.task import RecordKind


def record_is_seen(kind: RecordKind, record: str, owner: str) -> str:
    """Return a condition that the record in that column is visible to the caller."""
    if kind == "contact":
        return contact_is_seen(record, owner)
    if kind == "account":
        return f"{seen_account(record, owner)} is not null"
    return f"""(select r.id from {kind}s r where r.team_id = $1 and r.id = {record}
        and r.deleted_at is null) is not null"""


def link_is_seen(owner: str) -> str:
    """Return a condition on link `s` of any kind; each record is looked up by its key."""
    kinds: tuple[RecordKind, ...] = ("contact", "deal", "listing", "account")
    cases = " ".join(f"when '{kind}' then {record_is_seen(kind, f's.{kind}_id', owner)}" for kind in kinds)
    return f"case s.kind {cases} end"
