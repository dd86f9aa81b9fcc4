"""Visibility of a task's links: none to records that are deleted or invisible to the caller (RC-179).

The first record of a kind is the first visible one, in reads, filters and writes alike (M-9, A-44). `owner` is the
`$n` of `Caller.only_owner`.
"""

from typing import NamedTuple, get_args

import msgspec

from touchbook.core.accounts.queries import account_is_seen, seen_account
from touchbook.core.contacts.seeing import contact_is_seen, sees_contact
from touchbook.core.tasks.task import RecordKind, Task


def record_is_seen(kind: RecordKind, record: str, owner: str) -> str:
    """Return a condition that the record in that column is visible to the caller."""
    if kind == "contact":
        return sees_contact(record, owner)
    if kind == "account":
        return f"{seen_account(record, owner)} is not null"
    return f"""(select r.id from {kind}s r where r.team_id = $1 and r.id = {record}
        and r.deleted_at is null) is not null"""


def link_is_seen(owner: str) -> str:
    """Return a condition on link `s` of any kind; each record is looked up by its key."""
    kinds = get_args(RecordKind)
    cases = " ".join(f"when '{kind}' then {record_is_seen(kind, f's.{kind}_id', owner)}" for kind in kinds)
    return f"case s.kind {cases} end"


class Seen(NamedTuple):
    """The ids of the visible records among those that tasks are linked to."""

    contacts: frozenset[int]
    deals: frozenset[int]
    listings: frozenset[int]
    accounts: frozenset[int]


_seen = msgspec.json.Decoder(Seen)


def seen_records(rows: str, owner: str) -> str:
    """Return a select of one JSON, the `Seen` of the tasks in `rows`: one look-up for any number of them."""

    def ids(kind: str) -> str:
        return f"array(select unnest({rows}.{kind}s) from {rows})"

    linked = f"array(select {rows}.account_id from {rows} union select unnest({rows}.accounts) from {rows})"
    return f"""select json_build_array(
        array(select c.id from contacts c where c.team_id = $1 and c.id = any({ids("contact")})
            and {contact_is_seen(owner)}),
        array(select d.id from deals d where d.team_id = $1 and d.id = any({ids("deal")})
            and d.deleted_at is null),
        array(select l.id from listings l where l.team_id = $1 and l.id = any({ids("listing")})
            and l.deleted_at is null),
        array(select a.id from accounts a where a.team_id = $1 and a.id = any({linked})
            and {account_is_seen(owner)}))"""


def read_seen(json: str) -> Seen:
    return _seen.decode(json)


def see_task(task: Task, seen: Seen) -> Task:
    """Leave out the links and the account that the caller does not see."""
    return msgspec.structs.replace(
        task,
        account_id=task.account_id if task.account_id in seen.accounts else None,
        contacts=[each for each in task.contacts if each in seen.contacts],
        deals=[each for each in task.deals if each in seen.deals],
        listings=[each for each in task.listings if each in seen.listings],
        accounts=[each for each in task.accounts if each in seen.accounts],
    )
