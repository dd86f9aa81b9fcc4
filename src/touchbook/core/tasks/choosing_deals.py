"""The deal that a task is about, by a rule: its contact's most recent one (A-45)."""

from collections.abc import Mapping

from touchbook.core.caller import Caller
from touchbook.core.deals.queries import Recency, recent_deal
from touchbook.core.tasks.amending import amend_task
from touchbook.core.tasks.associating import replace_first_record
from touchbook.core.tasks.queries import lock_task
from touchbook.core.tasks.task import OpportunityRule, Task
from touchbook.core.transaction import Reader, Transaction

_RECENT: Mapping[OpportunityRule, Recency] = {"recent_created": "created", "recent_updated": "updated"}


async def choose_deal(
    tx: Transaction, caller: Caller, *, task_id: int, rule: OpportunityRule | None
) -> Task | None:
    """Notes the rule and links the deal that it chooses in place of the first, if it chooses one."""
    task = await lock_task(tx, caller, task_id)
    noted = await amend_task(tx, caller, task, "task.edited", opportunity_rule=rule)
    deal = await deal_by_rule(tx, caller, rule, contact_id=task.first("contact"))
    if deal is None:
        return noted
    return await replace_first_record(tx, caller, task_id=task_id, kind="deal", record=deal) or noted


async def deal_by_rule(
    reader: Reader, caller: Caller, rule: OpportunityRule | None, *, contact_id: int | None
) -> int | None:
    recency = _RECENT.get(rule) if rule else None
    if recency is None or contact_id is None:
        return None
    return await recent_deal(reader, caller, contact_id=contact_id, by=recency)
