from touchbook.core.caller import Caller
from touchbook.core.tasks.opening import open_task
from touchbook.core.tasks.scheduled_actions import OPENING, claim_action
from touchbook.core.transaction import Transaction


async def open_scheduled_task(tx: Transaction, caller: Caller, ref: int) -> None:
    if await claim_action(tx, caller, OPENING, task_id=ref):
        await open_task(tx, caller, task_id=ref)
