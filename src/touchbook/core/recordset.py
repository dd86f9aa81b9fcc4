"""Passes many rows as one JSON parameter, so that the statement is the same for any number."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct


def recordset(parameter: str, columns: Mapping[str, str], alias: str = "r") -> str:
    """Return `jsonb_to_recordset($2::jsonb) as r(id bigint, name text)`."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_recordset({parameter}::jsonb) as {alias}({declared})"


def records(columns: Mapping[str, str], rows: Iterable[Any], **more: Any) -> str:
    """Return the JSON of Structs or mappings; `more` is added to each. A Struct may have more members than
    `columns`: the recordset leaves them out. What is None in a mapping is not sent, and the recordset has NULL.
    """
    members = [row if isinstance(row, Struct) and not more else {**_members(columns, row), **more} for row in rows]
    return msgspec.json.encode(members).decode()


def _members(columns: Mapping[str, str], row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return {name: value for name in columns if (value := row.get(name)) is not None}
    return {name: getattr(row, name) for name in columns if hasattr(row, name)}
