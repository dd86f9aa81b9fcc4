"""Tasks: create, change, delete. What arrives as it is shown changes nothing (rule 5)."""

from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from touchbook.core.differing import canonical
from touchbook.core.errors import Invalid
from touchbook.core.tasks.amending import touch_task
from touchbook.core.tasks.assigning import assign_task
from touchbook.core.tasks.associating import associate_records, associations_of
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.editing import edit_task
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.queries import find_task, lock_task
from touchbook.core.tasks.reminder import WishedReminder
from touchbook.core.tasks.reminding import reminders_of, set_reminders
from touchbook.core.tasks.rescheduling import given_instant, reschedule_task
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import user_uids
from touchbook.core.transaction import Transaction
from touchbook.dialects.kit.call import Answer, Call
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.tasks.bodies import AssociationBody, NewTaskBody, Reference, StatusBody, TaskBody
from touchbook.dialects.rechat.tasks.parse import (
    association_change,
    due_of,
    instant,
    json_of,
    members,
    new_associations,
    new_task,
    placed,
    wished_reminders,
)
from touchbook.dialects.rechat.tasks.reading import answer_with, task_of
from touchbook.dialects.rechat.tasks.render import KINDS, shown_kind, shown_status


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewTaskBody, call)
    return await answer_with(call, await create_task(call.tx, call.caller, await new_task(call, sent)))


async def update(call: Call[Transaction]) -> Answer:
    return await _change(call, parse.body(TaskBody, call))


async def set_status(call: Call[Transaction]) -> Answer:
    return await _change(call, TaskBody(status=parse.body(StatusBody, call).status))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_task(call.tx, call.caller, task_id=(await task_of(call)).id)
    return render.NO_CONTENT


async def _change(call: Call[Transaction], sent: TaskBody) -> Answer:
    """Ended last, so that whom it is about by then has been called. Each call moves `updated_at` (RT-92)."""
    task = await lock_task(call.tx, call.caller, (await task_of(call)).id)
    reminders = await _wished_reminders(call, task, sent)
    await _edit(call, task, sent)
    await _reschedule(call, task, sent)
    if sent.assignees is not UNSET:
        await _assign(call, task, sent.assignees)
    if sent.associations is not UNSET:
        await _associate(call, task, sent.associations)
    if reminders is not None:
        await set_reminders(call.tx, call.caller, task_id=task.id, wished=reminders)
    if sent.status not in (UNSET, shown_status(task)):
        await (complete_task if sent.status == "DONE" else reopen_task)(call.tx, call.caller, task_id=task.id)
    changed = await find_task(call.tx, call.caller, task.id)
    if changed.updated_at == task.updated_at:
        changed = await touch_task(call.tx, call.caller, task.id)
    return await answer_with(call, changed)


async def _edit(call: Call[Transaction], task: Task, sent: TaskBody) -> None:
    changes: dict[str, Any] = {}
    if sent.title not in (UNSET, task.shown_title):
        if sent.title is None:
            raise Invalid({"title": ["title is required."]})
        changes["title"] = sent.title
    if sent.description is not UNSET and (sent.description or None) != task.description:
        changes["description"] = sent.description or None
    if sent.task_type not in (UNSET, shown_kind(task)):
        changes["kind"] = KINDS[sent.task_type][0]
    if sent.end_date is not UNSET:
        changes["end_at"] = instant("end_date", sent.end_date)
    if sent.metadata is not UNSET and canonical(metadata := json_of(sent.metadata)) != canonical(task.metadata):
        changes["metadata"] = metadata
    await edit_task(call.tx, call.caller, task_id=task.id, **changes)


async def _reschedule(call: Call[Transaction], task: Task, sent: TaskBody) -> None:
    zone = call.caller.team_zone
    shown = given_instant(task, zone), task.due_on is not None
    due = shown[0] if sent.due_date is UNSET else instant("due_date", sent.due_date)
    all_day = shown[1] if sent.all_day is UNSET else sent.all_day
    if (due, all_day) == shown:
        return
    if due is None:
        raise Invalid({"due_date": ["due_date is required."]})
    await reschedule_task(call.tx, call.caller, task_id=task.id, **due_of(due, all_day, zone))


async def _wished_reminders(
    call: Call[Transaction], task: Task, sent: TaskBody
) -> Sequence[WishedReminder] | None:
    """None: those that there are are to stay, and the relative ones to move with the due date (RT-41, RT-45)."""
    if sent.reminders is UNSET:
        return None
    wished = wished_reminders(sent.reminders)
    standing = (await reminders_of(call.tx, call.caller, [task.id])).get(task.id, [])
    same = {(each.uid, each.relative, each.at) for each in wished}
    return None if same == {(each.uid, each.relative, each.at) for each in standing} else wished


async def _assign(call: Call[Transaction], task: Task, sent: Sequence[Reference]) -> None:
    uids = await user_uids(call.tx, call.caller, task.assignees)
    wished = await members(call, sent, {uid: user for user, uid in uids.items()})
    await assign_task(call.tx, call.caller, task_id=task.id, assignees=wished)


async def _associate(call: Call[Transaction], task: Task, sent: Sequence[AssociationBody]) -> None:
    """Those that are left out stay (A-05)."""
    held = await associations_of(call.tx, call.caller, [task.id])
    standing = {each.uid: each for each in held.get(task.id, ())}
    by_place = placed(sent)
    changes = [association_change(each, standing, place) for place, each in by_place.items() if each.id]
    new = await new_associations(call, {place: each for place, each in by_place.items() if not each.id})
    await associate_records(call.tx, call.caller, task_id=task.id, new=new, changes=changes)
