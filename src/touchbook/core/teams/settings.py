"""Settings of a team."""

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid
from touchbook.core.events import record_event
from touchbook.core.numbers import check_region
from touchbook.core.teams.founding import check_zone
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


async def set_zone(tx: Transaction, caller: Caller, *, zone: str) -> None:
    """Invalid for an unknown one. Requests know it within seconds."""
    check_zone(zone)
    await _set_locale(tx, caller, "zone", zone)


async def set_region(tx: Transaction, caller: Caller, *, region: str) -> None:
    """Invalid for an unknown one. The team's phone numbers are then read anew, by a job (core/rederiving)."""
    check_region(region)
    await _set_locale(tx, caller, "region", region)


async def _set_locale(tx: Transaction, caller: Caller, column: str, text: str) -> None:
    changed = await tx.execute(
        f"update teams t set {column} = $2, updated_at = $3 where t.id = $1 and t.{column} <> $2",
        caller.team_id,
        text,
        tx.tick(),
    )
    if changed:
        await record_event(tx, caller, "team.updated", caller.team_id, **{column: text})
