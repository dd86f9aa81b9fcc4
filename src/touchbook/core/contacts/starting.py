"""The touch rhythm with which a contact starts, by its tags. It belongs to its creation and is no change of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.deriving import Derived
from touchbook.core.tags.queries import touch_frequencies
from touchbook.core.transaction import Transaction

RHYTHM_TYPES = {
    "touch_freq": "integer", "touch_every": "integer", "touch_since": "timestamptz",
    "next_touch_at": "timestamptz", "updated_by": "bigint",
}  # fmt: skip


async def starting_rhythms(tx: Transaction, caller: Caller, derived: Sequence[Derived]) -> list[dict[str, Any]]:
    """Return the columns of each new contact: the shortest frequency of its own tags (2.5.14), from now on."""
    keys = {key for each in derived for key in each.tag_keys}
    days = await touch_frequencies(tx, caller, keys) if keys else {}
    return [
        _columns(caller, min(wanted), tx.now)
        if (wanted := [days[key] for key in each.tag_keys if key in days])
        else {}
        for each in derived
    ]


def _columns(caller: Caller, days: int, now: datetime) -> dict[str, Any]:
    return {
        "touch_freq": days,
        "touch_every": days,
        "touch_since": now,
        "next_touch_at": now + timedelta(days=days),
        "updated_by": caller.user_id,
    }
