"""Settings of a team."""

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid
from touchbook.core.events import record_event
from touchbook.core.transaction import Reader, Transaction

MOST_SPREAD = 365


async def touch_spread(reader: Reader, caller: Caller) -> int:
    """Return over how many days touch tasks that are due together are spread."""
    days: int = await reader.fetch_value("select t.touch_spread_days from teams t where t.id = $1", caller.team_id)
    return days


async def set_touch_spread(tx: Transaction, caller: Caller, *, days: int) -> None:
    if not 1 <= days <= MOST_SPREAD:
        raise Invalid({"touch_spread_days": [f"touch_spread_days must be from 1 to {MOST_SPREAD}."]})
    changed = await tx.execute(
        """update teams t set touch_spread_days = $2, updated_at = $3
        where t.id = $1 and t.touch_spread_days <> $2""",
        caller.team_id,
        days,
        tx.tick(),
    )
    if changed:
        await record_event(tx, caller, "team.updated", caller.team_id, touch_spread_days=days)
