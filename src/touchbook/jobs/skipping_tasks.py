from touchbook.core.caller import Caller
from touchbook.core.tasks.completing import skip_task
from touchbook.core.tasks.scheduled_actions import SKIPPING, claim_action
from touchbook.core.transaction import Transaction


async def skip_neglected_task(tx: Transaction, caller: Caller, ref: int) -> None:
    if await claim_action(tx, caller, SKIPPING, task_id=ref):
        await skip_task(tx, caller, task_id=ref)
