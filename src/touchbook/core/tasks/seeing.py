"""Visibility of a task's links: none to records that are deleted or invisible to the caller (RC-179).

The first record of a kind is the first visible one, in reads, filters and writes alike (M-9, A-44). `owner` is the
`$n` of `Caller.only_owner`.
"""

from collections.abc import Callable, Collection
from typing import get_args

import msgspec
from msgspec import Struct

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


class Seen(Struct, frozen=True):
    """The ids of the visible records among those that tasks are linked to."""

    contacts: frozenset[int] = frozenset()
    deals: frozenset[int] = frozenset()
    listings: frozenset[int] = frozenset()
    accounts: frozenset[int] = frozenset()


read_seen = msgspec.json.Decoder(Seen).decode


def seen_records(rows: str, owner: str, members: Collection[str] = Task.__struct_fields__) -> str:
    """Return a select of one JSON, the `Seen` of the tasks in `rows`: one look-up for any number of them.

    `members` are those of Task that are shown.
    """
    return f"select {_seen_json(ids_among(rows), rows, owner, members)}"


def seen_of_task(owner: str, members: Collection[str]) -> str:
    """Return the JSON of `seen_records` for the row of a task `t`."""
    return _seen_json(str, "t", owner, members)


def ids_among(rows: str) -> Callable[[str], str]:
    """Return how the arrays of all rows are read as one."""
    return lambda array: f"array(select unnest({array}) from {rows})"


def _seen_json(ids: Callable[[str], str], row: str, owner: str, members: Collection[str]) -> str:
    linked = {name: f"{row}.{name}" for name in Seen.__struct_fields__ if name in members}
    if "account_id" in members:
        linked["accounts"] = f"array_append({row}.accounts, {row}.account_id)"
    conditions = {"contacts": contact_is_seen(owner), "accounts": account_is_seen(owner)}
    found = (
        f"""'{name}', array(select {name[0]}.id from {name} {name[0]} where {name[0]}.team_id = $1
            and {name[0]}.id = any({ids(array)}) and {conditions.get(name, f"{name[0]}.deleted_at is null")})"""
        for name, array in linked.items()
    )
    return f"json_build_object({', '.join(found)})"
