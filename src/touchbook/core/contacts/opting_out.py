"""Opt-outs from everything, from e-mails or from calls, as columns of a contact. Sequences react (reactions.py).

Opting in again resumes no sequence, and a withdrawn mailing stays a draft.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET

from touchbook.core.contacts.changes import OptOuts

OPT_OUT_TYPES = {
    "opted_out_at": "timestamptz", "email_opt_status": "text", "email_opted_at": "timestamptz",
    "call_opt_status": "text", "call_opted_at": "timestamptz",
}  # fmt: skip


def said_opt_outs(requested: OptOuts) -> dict[str, Any]:
    """Return what is said of a contact of whom nobody has said anything."""
    said = {name: getattr(requested, name) for name in OptOuts.__struct_fields__}
    return {name: value for name, value in said.items() if value not in (UNSET, None, False)}


def opt_out_columns(opted: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return each opt-out that changes with the instant of its change."""
    columns = {name: value for name, value in opted.items() if name != "opted_out"}
    columns |= {name.replace("_opt_status", "_opted_at"): value and now for name, value in columns.items()}
    if "opted_out" in opted:
        columns["opted_out_at"] = now if opted["opted_out"] else None
    return columns
