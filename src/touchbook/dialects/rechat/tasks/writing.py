"""Tasks: create, change, delete. A value that equals the shown one changes nothing (rule 5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import UNSET

from touchbook.core.errors import Invalid
from touchbook.core.tasks.association import AssociationChange
from touchbook.core.tasks.associations import associations_of
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_locked_task
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.due_times import given_instant
from touchbook.core.tasks.linking import differs
from touchbook.core.tasks.locking import lock_task_by_uid
from touchbook.core.tasks.references import References
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Transaction
from touchbook.dialects.rechat import parse, render
from touchbook.dialects.rechat.tasks.bodies import AssociationBody, NewTaskBody, StatusBody, TaskBody
from touchbook.dialects.rechat.tasks.parse import (
    association_change,
    due_of,
    instant,
    json_of,
    members,
    new_associations,
    new_task,
    people_of,
    placed,
    requested_reminders,
    take,
)
from touchbook.dialects.rechat.tasks.reading import answer_with, task_of, task_uid
from touchbook.dialects.rechat.tasks.render import KINDS, shown_kind, shown_status
from touchbook.dialects.rechat.times import seconds_or_none
from touchbook.http.call import Answer, Call


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(NewTaskBody, call)
    new, taken = await new_task(call, sent)
    return await answer_with(call, await create_task(call.tx, call.caller, new, taken=taken))


async def update(call: Call[Transaction]) -> Answer:
    return await _change(call, parse.body(TaskBody, call))


async def set_status(call: Call[Transaction]) -> Answer:
    return await _change(call, TaskBody(status=parse.body(StatusBody, call).status))


async def delete(call: Call[Transaction]) -> Answer:
    await delete_task(call.tx, call.caller, task_id=(await task_of(call)).id)
    return render.NO_CONTENT


async def _change(call: Call[Transaction], sent: TaskBody) -> Answer:
    """Each call updates `updated_at` (RT-92)."""
    task = await lock_task_by_uid(call.tx, call.caller, task_uid(call))
    changes, taken = await _changes(call, task, sent)
    changed = await change_locked_task(call.tx, call.caller, task, changes, taken=taken)
    return await answer_with(call, changed or task)


async def _changes(call: Call[Transaction], task: Task, sent: TaskBody) -> tuple[TaskChanges, References]:
    """Return the changes with the records that they name, which are taken.

    Associations that are left out stay (A-05), and so may a member who left the team.
    """
    by_place = placed(sent.associations or ())
    linked = {place: each for place, each in by_place.items() if not each.id}
    people = people_of(sent.assignees or ())
    taken = await take(call, people, linked, assigned=task.assignees if sent.assignees else ())
    changes = TaskChanges(
        **_words(task, sent, call.caller.team_zone),
        **_due(call, task, sent),
        **_status(task, sent),
        assignees=UNSET if sent.assignees is UNSET else members(taken, people, task.assignees),
        associations=new_associations(taken, linked),
        association_changes=await _association_changes(call, task, by_place),
        reminders=UNSET if sent.reminders is UNSET else requested_reminders(sent.reminders),
        touched=True,
    )
    return changes, taken


def _words(task: Task, sent: TaskBody, zone: ZoneInfo) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if sent.title not in (UNSET, task.shown_title):
        if sent.title is None:
            raise Invalid({"title": ["title is required."]})
        changes["title"] = sent.title
    if sent.description is not UNSET:
        changes["description"] = sent.description or None
    if sent.task_type not in (UNSET, shown_kind(task)):
        changes["kind"] = KINDS[sent.task_type][0]
    if sent.end_date is not UNSET:
        changes["end_at"] = _instant("end_date", sent.end_date, task.end_at, zone)
    if sent.metadata is not UNSET:
        changes["metadata"] = json_of(sent.metadata)
    return changes


def _due(call: Call[Transaction], task: Task, sent: TaskBody) -> dict[str, Any]:
    zone = call.caller.team_zone
    shown = given_instant(task, zone), task.due_on is not None
    due = shown[0] if sent.due_date is UNSET else _instant("due_date", sent.due_date, shown[0], zone)
    all_day = shown[1] if sent.all_day is UNSET else sent.all_day
    if (due, all_day) == shown:
        return {}
    if due is None:
        raise Invalid({"due_date": ["due_date is required."]})
    return {"due": due_of(due, all_day, zone)}


def _instant(name: str, sent: float | None, shown: datetime | None, zone: ZoneInfo) -> datetime | None:
    """A time that is sent as it is shown is that time: far in the future its seconds look like milliseconds."""
    return shown if sent == seconds_or_none(shown) else instant(name, sent, zone)


def _status(task: Task, sent: TaskBody) -> dict[str, Any]:
    if sent.status in (UNSET, shown_status(task)):
        return {}
    return {"status": "completed"} if sent.status == "DONE" else {"reopen": True}


async def _association_changes(
    call: Call[Transaction], task: Task, sent: Mapping[str, AssociationBody]
) -> list[AssociationChange]:
    named = {place: each for place, each in sent.items() if each.id}
    held = await associations_of(call.tx, call.caller, [task.id]) if named else {}
    standing = {each.uid: each for each in held.get(task.id, ())}
    changes = [association_change(each, standing, place) for place, each in named.items()]
    by_id = {each.id: each for each in standing.values()}
    return [each for each in changes if differs(by_id[each.id], each)]
