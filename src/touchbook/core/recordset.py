"""Passes many rows as one JSON parameter, so that the statement is the same for any number."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def recordset(parameter: str, columns: Mapping[str, str], alias: str = "r") -> str:
    """Return `jsonb_to_recordset($2::jsonb) as r(id bigint, name text)`."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_recordset({parameter}::jsonb) as {alias}({declared})"


def records(columns: Mapping[str, str], rows: Iterable[Any], **more: Any) -> str:
    """Return the JSON of Structs or mappings, restricted to `columns`; `more` is added to each."""
    return msgspec.json.encode([{**_members(columns, row), **more} for row in rows]).decode()


def _members(columns: Mapping[str, str], row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return {name: row[name] for name in columns if name in row}
    return {name: getattr(row, name) for name in columns if hasattr(row, name)}
