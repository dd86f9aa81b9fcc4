from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.events import react_to_events
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.choosing_deals import deals_by_rule
from touchbook.core.tasks.insert_statement import insert_statement
from touchbook.core.tasks.linking import told_of
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.reading import read_created
from touchbook.core.tasks.references import References, take_references
from touchbook.core.tasks.reminding import add_reminders
from touchbook.core.tasks.task import Status, Task
from touchbook.core.transaction import Event, Reader, Transaction

_TOLD = ("title", "description", "priority", "kind", "origin", "due_at", "due_on", "due_offset", "end_at",
         "scheduled_at", "autoskip_at", "metadata", "deal_rule", "assignees", "tags",
         "reminders", "foreign_members")  # fmt: skip


async def create_task(tx: Transaction, caller: Caller, new: NewTask, *, taken: References | None = None) -> Task:
    """`taken` are records that this transaction has locked already.

    Errors: UnknownRecord for a contact, deal, listing, account, assignee or tag that the team does not have.
    """
    new = await _with_ruled_deal(tx, caller, new)
    taken = await take_references(
        tx, caller, records=new.associations, assignees=new.assignees, tags=new.tags, taken=taken
    )
    created = Event("task.created", None, _described(new, new.status_at(tx.now)))
    sql, *values = await insert_statement(tx, caller, new, taken, created)
    [row] = await tx.fetch(sql, *values)
    task = read_created(row)
    await add_reminders(tx, caller, task_id=task.id, requested=new.reminders)
    if caller.own_contacts_only:  # The account of a deal may be that of a contact they do not see.
        task = await find_task(tx, caller, task.id)
    await react_to_events(tx, caller, [created._replace(subject_id=task.id, record=task)])
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


def _described(new: NewTask, status: Status) -> dict[str, Any]:
    """Return the chosen members, for the event."""
    told = {name: value for name in _TOLD if (value := getattr(new, name))}
    return {**told, "status": status, **told_of(new.associations)}
