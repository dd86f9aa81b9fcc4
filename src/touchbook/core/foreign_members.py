"""Members of a record that one API knows alone, kept beside the record as JSON: by dialect, then by name.

No other API shows or changes them. A record without any has NULL, and stands in no index of them.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, Raw, UnsetType

from touchbook.core.differing import canonical
from touchbook.core.errors import Invalid
from touchbook.core.plain_json import read_json, write_json
from touchbook.core.query.schema import Column, Kind

ForeignMembers = Mapping[str, Mapping[str, Any]]
NONE: ForeignMembers = {}
MOST_MEMBERS = 200
# In bytes of JSON. Two of the longest texts fit, whatever they are written in.
MOST_BYTES = 600_000


def members_of(held: str | None, dialect: str) -> dict[str, Any]:
    """Return one dialect's members out of a record's column."""
    found: dict[str, Any] = members_by_dialect(held).get(dialect, {})
    return found


def differing_members(held: str | None, sent: ForeignMembers | UnsetType) -> dict[str, dict[str, Any]]:
    """Return what is sent and not held so; None is sent for a member that is to go."""
    if sent is UNSET:
        return {}
    before = members_by_dialect(held)
    differing = {
        dialect: {name: value for name, value in members.items() if _differs(before.get(dialect, {}), name, value)}
        for dialect, members in sent.items()
    }
    return {dialect: members for dialect, members in differing.items() if members}


def _differs(held: Mapping[str, Any], name: str, value: Any) -> bool:
    return canonical(write_json(held.get(name))) != canonical(write_json(value))


def merged_members(held: str | None, changes: ForeignMembers) -> str | None:
    """Return the column as it is to be. Invalid, by their names, for members that are too many or too long."""
    if not changes:
        return held
    merged: dict[str, Any] = members_by_dialect(held)
    for dialect, members in changes.items():
        both = {**merged.get(dialect, {}), **members}
        merged[dialect] = {name: value for name, value in both.items() if value is not None}
        _check_bounds(merged[dialect], members)
    left = {dialect: members for dialect, members in merged.items() if members}
    return write_json(left) if left else None


def as_json(column: str | None) -> Raw | None:
    """Return the column for a row of a recordset."""
    return None if column is None else Raw(column.encode())


def members_by_dialect(held: str | None) -> dict[str, dict[str, Any]]:
    """Return all members out of a record's column."""
    return {} if held is None else read_json(held)


def _check_bounds(members: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    problem = ""
    if len(members) > MOST_MEMBERS:
        problem = f"A record has at most {MOST_MEMBERS} members of this kind."
    elif len(write_json(members).encode()) > MOST_BYTES:
        problem = f"All members of this kind have at most {MOST_BYTES:,} bytes together."
    if problem:
        raise Invalid({name: [problem] for name in changed})


def foreign_column(source: str, dialect: str, name: str, kind: Kind = "text", *, many: bool = False) -> Column:
    """Return the column that records are found by; `many` is a list of texts, found by each of them.

    `source` is the records' table with its alias. Several values are looked up one by one: the index cannot be
    asked for any of them at once.
    """
    table, _, alias = source.partition(" ")
    return Column(
        kind=kind,
        one_of=f"{alias}.foreign_members @> {_with_value(dialect, name, f'{{}}::{kind}', many=many)}",
        any_of=f"""{alias}.id = any(array(select e.id from {table} e, unnest({{}}::{kind}[]) as v (value)
            where e.team_id = $1 and e.foreign_members @> {_with_value(dialect, name, "v.value", many=many)}))""",
        missing=f"{alias}.foreign_members -> '{dialect}' -> '{name}' is null",
    )


def _with_value(dialect: str, name: str, value: str, *, many: bool) -> str:
    """Return SQL for the least members that have the value."""
    held = f"jsonb_build_array({value})" if many else value
    return f"jsonb_build_object('{dialect}', jsonb_build_object('{name}', {held}))"
