"""Tasks: list, create, get, update, bulk update, delete."""

from datetime import datetime
from typing import Any

from msgspec import UNSET

from touchbook.core.accounts.queries import account_id_of
from touchbook.core.contacts.queries import contact_id_of
from touchbook.core.differing import differing
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.tasks.assigning import reassign_task
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.bulk import complete_tasks, reassign_tasks, reopen_tasks, reschedule_tasks
from touchbook.core.tasks.completing import complete_task
from touchbook.core.tasks.creating import NewTask, create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.editing import edit_task
from touchbook.core.tasks.listing import list_tasks, matching_ids
from touchbook.core.tasks.opening import reopen_task
from touchbook.core.tasks.queries import find_task, find_task_by_uid
from touchbook.core.tasks.rescheduling import reschedule_task
from touchbook.core.tasks.task import Task
from touchbook.core.teams.queries import user_id_of
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import parse, render
from touchbook.dialects.close.filters import Asked, read_filters
from touchbook.dialects.close.ids import uid_of
from touchbook.dialects.close.naming import names_of
from touchbook.dialects.close.times import read_date, show_date
from touchbook.dialects.close.types import type_of
from touchbook.dialects.close.wire import BulkAnswer, TaskBody, TaskItem
from touchbook.dialects.kit.call import Answer, Call

CREATED = {"lead": ("manual", "todo"), "outgoing_call": ("outgoing_call", "call")}


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    asked = await read_filters(call, given)
    tasks = await list_tasks(
        call.tx,
        call.caller,
        asked.filters,
        order=asked.order,
        descending=asked.descending,
        offset=page.skip,
        limit=page.limit + 1,
    )
    names = await names_of(call, tasks)
    return render.listed([render.task_item(task, names, call.caller) for task in tasks], page)


async def get(call: Call[Reader]) -> Answer:
    return await _answer(call, await _task(call))


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(TaskBody, call)
    parse.required(lead_id=sent.lead_id)
    origin, kind = _creatable(sent)
    account = await _record(call, "lead", sent.lead_id)
    contact = await _record(call, "cont", sent.contact_id) if sent.contact_id else None
    assignee = call.caller.user_id if sent.assigned_to is UNSET else await _user(call, sent.assigned_to)
    new = NewTask(
        title=sent.text or None,
        kind=kind,  # type: ignore[arg-type]
        origin=origin,
        status="completed" if sent.is_complete is True else "open",
        assignees=[assignee] if assignee else [],
        associations=[
            NewAssociation("account", account),
            *([NewAssociation("contact", contact)] if contact else []),
        ],
        **_due("date", sent.moved_to or None),
    )
    return await _answer(call, await create_task(call.tx, call.caller, new))


async def update(call: Call[Transaction]) -> Answer:
    sent = parse.body(TaskBody, call)
    task = await _task(call)
    await _apply(call, task, sent)
    return await _answer(call, await find_task(call.tx, call.caller, task.id))


async def update_many(call: Call[Transaction]) -> Answer:
    """Every task that matches; without any filter nothing is touched (A-31)."""
    given = call.query
    asked = await read_filters(call, given)
    if not asked.narrowed:
        raise Invalid({"id__in": ["A bulk update needs a filter."]})
    sent = parse.body(TaskBody, call, TaskItem)
    if sent.text is not UNSET:
        raise Invalid({"text": ["Only assigned_to, date and is_complete can be updated in bulk."]})
    found = await _found(call, asked)
    if sent.is_complete is not UNSET:
        await (complete_tasks if sent.is_complete else reopen_tasks)(call.tx, call.caller, task_ids=found)
    if sent.moved_to is not UNSET:
        await reschedule_tasks(call.tx, call.caller, task_ids=found, **_due("date", sent.moved_to))
    if sent.assigned_to is not UNSET:
        assignee = await _user(call, sent.assigned_to)
        await reassign_tasks(call.tx, call.caller, task_ids=found, assignee=assignee)
    return render.one(BulkAnswer(len(found)))


async def _found(call: Call[Transaction], asked: Asked) -> list[int]:
    """All that match; with `_skip` or `_limit` those that the list has on that page."""
    page = parse.page(call.query)
    if "_skip" not in call.query and "_limit" not in call.query:
        return await matching_ids(call.tx, call.caller, asked.filters)
    tasks = await list_tasks(
        call.tx,
        call.caller,
        asked.filters,
        order=asked.order,
        descending=asked.descending,
        offset=page.skip,
        limit=page.limit,
    )
    return [task.id for task in tasks]


async def delete(call: Call[Transaction]) -> Answer:
    task = await _task(call)
    await delete_task(call.tx, call.caller, task_id=task.id)
    return Answer(b"{}")


async def _apply(call: Call[Transaction], task: Task, sent: TaskBody) -> None:
    """The coarse-write rule: only what differs from what is shown is a write; the rest may be there."""
    shown = await _item(call, task)
    arrived = {
        "_type": sent._type,
        "assigned_to": sent.assigned_to,
        "date": _as_shown(sent.moved_to, shown.date),
        "text": sent.text,
        "is_complete": sent.is_complete,
    }
    arrived = {name: value for name, value in arrived.items() if value is not UNSET}
    changes = differing(arrived, {name: getattr(shown, name) for name in arrived})
    if "_type" in changes:
        raise Invalid({"_type": ["The type of a task cannot be changed."]})
    if "text" in changes:
        await _write_text(call, task, changes["text"])
    if "is_complete" in changes:
        await (complete_task if changes["is_complete"] else reopen_task)(call.tx, call.caller, task_id=task.id)
    if "date" in changes:
        await reschedule_task(call.tx, call.caller, task_id=task.id, **_due("date", changes["date"]))
    if "assigned_to" in changes:
        assignee = await _user(call, changes["assigned_to"])
        await reassign_task(call.tx, call.caller, task_id=task.id, assignee=assignee)


async def _write_text(call: Call[Transaction], task: Task, text: str | None) -> None:
    """Only a lead task's text may differ (CL-37, CL-38)."""
    if type_of(task) != "lead":
        raise Invalid({"text": ["Only the text of lead tasks can be changed."]})
    await edit_task(call.tx, call.caller, task_id=task.id, title=text or None)


async def _task(call: Call[Reader]) -> Task:
    text = call.path["id"]
    try:
        return await find_task_by_uid(call.tx, call.caller, uid_of("task", text))
    except NotFound:
        raise NotFound("task", text) from None


async def _item(call: Call[Reader], task: Task) -> TaskItem:
    return render.task_item(task, await names_of(call, [task]), call.caller)


async def _answer(call: Call[Reader], task: Task) -> Answer:
    return render.one(await _item(call, task), parse.fields(call))


def _creatable(sent: TaskBody) -> tuple[str, str]:
    kind = "lead" if sent._type is UNSET else sent._type
    if kind not in CREATED:
        raise Invalid({"_type": ["Only lead and outgoing_call tasks can be created."]})
    return CREATED[kind]


def _due(name: str, text: Any) -> dict[str, Any]:
    if text is None:
        return {"due_at": None, "due_on": None}
    value = read_date(name, text)
    return {"due_at": value} if isinstance(value, datetime) else {"due_on": value}


def _as_shown(text: Any, shown: str | None) -> Any:
    """The same instant in another notation is no difference."""
    return show_date(read_date("date", text)) if isinstance(text, str) and text != shown else text


async def _record(call: Call[Reader], prefix: str, text: Any) -> int:
    finders = {"lead": ("account", account_id_of), "cont": ("contact", contact_id_of)}
    noun, find = finders[prefix]
    found = await find(call.tx, call.caller, uid_of(prefix, text))
    if found is None:
        raise UnknownRecord(noun, text)
    return found


async def _user(call: Call[Reader], text: Any) -> int | None:
    if text is None:
        return None
    found = await user_id_of(call.tx, call.caller, uid_of("user", text))
    if found is None:
        raise UnknownRecord("assignee", text)
    return found
