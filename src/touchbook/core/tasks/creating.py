from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.events import record_events
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.choosing_deals import deals_by_rule
from touchbook.core.tasks.insert_statement import insert_statement
from touchbook.core.tasks.linking import told_of
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.references import take_references
from touchbook.core.tasks.reminding import add_reminders
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Event, Reader, Transaction

_TOLD = ("title", "description", "priority", "kind", "origin", "due_at", "due_on", "due_offset", "end_at",
         "scheduled_at", "autoskip_at", "metadata", "deal_rule", "assignees", "tags",
         "reminders")  # fmt: skip


async def create_task(tx: Transaction, caller: Caller, new: NewTask) -> Task:
    """Errors: UnknownRecord for a contact, deal, listing, account, assignee or tag that the team does not have."""
    new = await _with_ruled_deal(tx, caller, new)
    uids = await take_references(tx, caller, records=new.associations, assignees=new.assignees, tags=new.tags)
    task_id: int = await tx.fetch_value(*await insert_statement(tx, caller, new))
    await add_reminders(tx, caller, task_id=task_id, requested=new.reminders)
    task = await find_task(tx, caller, task_id)
    created = Event("task.created", task.id, _described(new, task), record=task)
    await record_events(tx, caller, [created], known=uids)
    return task


async def _with_ruled_deal(reader: Reader, caller: Caller, new: NewTask) -> NewTask:
    """A deal named in the request wins over the rule."""
    if new.first("deal") is not None:
        return new
    contact = new.first("contact")
    deals = await deals_by_rule(reader, caller, new.deal_rule, [] if contact is None else [contact])
    if not deals:
        return new
    (deal,) = deals.values()
    return msgspec.structs.replace(new, associations=[*new.associations, NewAssociation("deal", deal)])


def _described(new: NewTask, task: Task) -> dict[str, Any]:
    """Return the chosen members, for the event."""
    told = {name: getattr(new, name) for name in _TOLD if getattr(new, name)}
    return {**told, "status": task.status, **told_of(new.associations)}
