"""Chooses the deal of a task by a rule: its contact's most recent one (A-45)."""

from collections.abc import Collection, Mapping

from touchbook.core.caller import Caller
from touchbook.core.deals.queries import Recency, recent_deals
from touchbook.core.tasks.task import DealRule
from touchbook.core.transaction import Reader

_RECENT: Mapping[DealRule, Recency] = {"last_created": "created", "last_updated": "updated"}


async def deals_by_rule(
    reader: Reader, caller: Caller, rule: DealRule | None, contact_ids: Collection[int]
) -> dict[int, int]:
    """Return by contact the deal that the rule chooses, if there is one."""
    recency = _RECENT.get(rule) if rule else None
    if recency is None or not contact_ids:
        return {}
    return await recent_deals(reader, caller, contact_ids=contact_ids, by=recency)
