"""Many rows as one JSON parameter, so that a statement is the same however many there are."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec


def recordset(parameter: str, columns: Mapping[str, str], alias: str = "r") -> str:
    """`jsonb_to_recordset($2::jsonb) as r(id bigint, name text)`."""
    declared = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"jsonb_to_recordset({parameter}::jsonb) as {alias}({declared})"


def records(columns: Mapping[str, str], rows: Iterable[Any], **more: Any) -> str:
    """The JSON of Structs or mappings, those of their members that are columns; `more` is the same in each."""
    return msgspec.json.encode([{**_members(columns, row), **more} for row in rows]).decode()


def _members(columns: Mapping[str, str], row: Any) -> dict[str, Any]:
    if isinstance(row, Mapping):
        return {name: row[name] for name in columns if name in row}
    return {name: getattr(row, name) for name in columns if hasattr(row, name)}
