"""Touch tasks end when their contact is touched."""

from collections.abc import Collection
from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_tasks
from touchbook.core.tasks.task import Status
from touchbook.core.transaction import Event, Transaction

TOUCH = "touch"


async def end_touch_tasks(
    tx: Transaction, caller: Caller, *, contact_ids: Collection[int], at: datetime, status: Status = "completed"
) -> int:
    """End the open ones of contacts touched at `at`; a contact that is due again by now keeps its task.

    Return how many ended.
    """
    rows = await tx.fetch(
        """select s.task_id from task_associations s join tasks t on t.team_id = s.team_id and t.id = s.task_id
        where s.team_id = $1 and s.contact_id = any($2::bigint[]) and s.deleted_at is null
        and t.origin = $3 and t.open and t.deleted_at is null and not exists (select from contacts c
            where c.team_id = $1 and c.id = s.contact_id
            and $4::timestamptz + c.touch_every * interval '24 hours' <= $5)""",
        caller.team_id,
        list(contact_ids),
        TOUCH,
        at,
        tx.now,
    )
    if not rows:
        return 0
    return await change_tasks(tx, caller, {row["task_id"] for row in rows}, TaskChanges(status=status))


async def cancel_touch_tasks(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """Cancel the touch tasks of deleted contacts."""
    contacts = {event.record.id for event in events}
    await end_touch_tasks(tx, caller, contact_ids=contacts, at=tx.now, status="cancelled")
