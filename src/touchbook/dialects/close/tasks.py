"""Tasks: list, create, get, update, bulk update, delete."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any
from uuid import UUID

from msgspec import UNSET

from touchbook.core.accounts.queries import account_id_of
from touchbook.core.caller import Caller
from touchbook.core.differing import differing, said
from touchbook.core.errors import Invalid, NotFound, UnknownRecord
from touchbook.core.foreign_members import members_of
from touchbook.core.tasks.association import NewAssociation
from touchbook.core.tasks.changes import Due, TaskChanges
from touchbook.core.tasks.changing import change_locked_task, change_tasks
from touchbook.core.tasks.creating import create_task
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.listing import list_tasks, list_tasks_as, matching_ids
from touchbook.core.tasks.locking import lock_task_by_uid
from touchbook.core.tasks.names import names_of_tasks
from touchbook.core.tasks.new_task import NewTask
from touchbook.core.tasks.queries import find_task_as, find_task_by_uid
from touchbook.core.tasks.reading import Found, Named, naming_reading_of
from touchbook.core.tasks.references import References, take_by_uid
from touchbook.core.tasks.task import DEFAULT_PRIORITY, Task
from touchbook.core.transaction import Reader, Transaction
from touchbook.dialects.close import ids, parse, render
from touchbook.dialects.close.custom_fields import DIALECT
from touchbook.dialects.close.filters import Asked, read_filters
from touchbook.dialects.close.ids import uid_of
from touchbook.dialects.close.priorities import PRIORITIES, shown_priority
from touchbook.dialects.close.times import read_date, show_date
from touchbook.dialects.close.types import type_of
from touchbook.dialects.close.wire.tasks import BulkAnswer, ShownTask, TaskBody, TaskItem
from touchbook.http.call import Answer, Call

# Kept as they are sent: no other API has them.
KEPT = ("resolution", "agent_config_id")
_IN_BULK = ("assigned_to", "date", "is_complete")
_NAMED = naming_reading_of(ShownTask)
CREATED = {"lead": ("manual", "todo"), "outgoing_call": ("outgoing_call", "call")}


async def list_(call: Call[Reader]) -> Answer:
    given = parse.parameters(call)
    page = parse.page(given)
    asked = await read_filters(call, given)
    found = await list_tasks_as(
        call.tx,
        call.caller,
        _NAMED,
        asked.filters,
        order=asked.order,
        descending=asked.descending,
        offset=page.skip,
        limit=page.limit + 1,
    )
    return render.listed([render.task_item(task, names, call.caller) for task, names in found], page)


async def get(call: Call[Reader]) -> Answer:
    task, names = await _task(call, _find_named)
    return render.one(render.task_item(task, names, call.caller), parse.fields(call))


async def create(call: Call[Transaction]) -> Answer:
    sent = parse.body(TaskBody, call)
    parse.required(lead_id=sent.lead_id)
    origin, kind = _creatable(sent)
    account = await account_id_of(call.tx, call.caller, uid_of("lead", str(sent.lead_id)))
    if account is None:
        raise UnknownRecord("account", sent.lead_id)
    taken = await _take(call, sent, account)
    contact = _contact(taken, sent.contact_id) if sent.contact_id else None
    assignee = call.caller.user_id if sent.assigned_to is UNSET else _assignee(taken, sent.assigned_to)
    due = _due(sent.moved_to or None, call.caller.team_zone)
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
        due_at=due.at,
        due_on=due.on,
        priority=DEFAULT_PRIORITY if sent.priority is UNSET else PRIORITIES[sent.priority],
        foreign_members={DIALECT: _foreign(said(sent))},
    )
    return await _answer(call, await create_task(call.tx, call.caller, new, taken=taken))


async def update(call: Call[Transaction]) -> Answer:
    """A value that equals the shown one changes nothing (rule 5)."""
    sent = parse.body(TaskBody, call)
    task = await _task(call, lock_task_by_uid)
    people = await _people(call, sent, task)
    shown = _shown(task, people)
    changes = _changes(people, differing(_arrived(sent, call.caller.team_zone, shown["date"]), shown), task)
    changed = await change_locked_task(call.tx, call.caller, task, changes, taken=people)
    return await _answer(call, changed or task)


async def update_many(call: Call[Transaction]) -> Answer:
    """Update every task that matches; without any filter none is changed (A-31)."""
    given = call.query
    asked = await read_filters(call, given)
    if not asked.narrowed:
        raise Invalid({"id__in": ["A bulk update needs a filter."]})
    sent = parse.body(TaskBody, call, TaskItem)
    if sent.text is not UNSET:
        raise Invalid({"text": ["Only assigned_to, date and is_complete can be updated in bulk."]})
    found = await _found(call, asked)
    arrived = _arrived(sent, call.caller.team_zone)
    changes = _changes(await _people(call, sent), {name: arrived[name] for name in _IN_BULK if name in arrived})
    await change_tasks(call.tx, call.caller, found, changes, pass_over=True)
    return render.one(BulkAnswer(len(found)))


async def _found(call: Call[Transaction], asked: Asked) -> list[int]:
    """Return all matches; with `_skip` or `_limit` those on that page of the list."""
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
    task = await _task(call, find_task_by_uid)
    await delete_task(call.tx, call.caller, task_id=task.id)
    return Answer(b"{}")


def _arrived(sent: TaskBody, zone: tzinfo, shown_date: str | None = None) -> dict[str, Any]:
    """Return what was sent, with dates in the notation in which they are shown, so that the same instant is no
    difference. A date equal to the shown one is not parsed: one from another dialect may be out of range here.
    """
    date = sent.moved_to
    if isinstance(date, str) and date != shown_date:
        date = show_date(read_date("date", date, zone))
    return {name: value for name, value in {**said(sent), "date": date}.items() if value is not UNSET}


def _shown(task: Task, people: References) -> dict[str, Any]:
    assignee = people.uids.get(("user", task.assignee)) if task.assignee else None
    contact = task.first("contact")
    kept = members_of(task.foreign_members, DIALECT)
    if contact and ("contact", contact) not in people.uids:
        contact = None
    return {
        "_type": type_of(task),
        "assigned_to": ids.user_id(assignee) if assignee else None,
        "contact_id": ids.contact_id(people.uids["contact", contact]) if contact else None,
        "date": show_date(task.due_on or task.due_at),
        "text": task.shown_title,
        "is_complete": not task.is_open,
        "is_dateless": task.due_on is None and task.due_at is None,
        "priority": shown_priority(task.priority),
        **{name: kept.get(name) for name in KEPT},
    }


def _changes(people: References, arrived: Mapping[str, Any], task: Task | None = None) -> TaskChanges:
    """Only the text of a lead task may change, and no task's type (CL-37, CL-38)."""
    if "_type" in arrived and task is not None:
        raise Invalid({"_type": ["The type of a task cannot be changed."]})
    if "text" in arrived and task is not None and type_of(task) != "lead":
        raise Invalid({"text": ["Only the text of lead tasks can be changed."]})
    complete = arrived.get("is_complete", UNSET)
    if arrived.get("is_dateless") is True:
        arrived = {"date": None, **arrived}
    contact = arrived.get("contact_id")
    return TaskChanges(
        title=arrived["text"] or None if "text" in arrived else UNSET,
        due=_due(arrived["date"]) if "date" in arrived else UNSET,
        assignee=_assignee(people, arrived["assigned_to"]) if "assigned_to" in arrived else UNSET,
        first_records={"contact": _contact(people, contact) if contact else None}
        if "contact_id" in arrived
        else {},
        priority=PRIORITIES[arrived["priority"]] if "priority" in arrived else UNSET,
        status="completed" if complete is True else UNSET,
        reopen=complete is False,
        foreign_members={DIALECT: _foreign(arrived)},
    )


async def _take(call: Call[Transaction], sent: TaskBody, account: int) -> References:
    """Take the records of a new task."""
    contacts = [uid_of("cont", sent.contact_id)] if sent.contact_id else []
    people = [uid_of("user", sent.assigned_to)] if sent.assigned_to else []
    own = [call.caller.user_id] if sent.assigned_to is UNSET and call.caller.user_id else []
    return await take_by_uid(
        call.tx,
        call.caller,
        {"contact": contacts, "assignee": people},
        ids={"account": [account], "assignee": own},
    )


def _foreign(arrived: Mapping[str, Any]) -> dict[str, Any]:
    return {name: arrived[name] or None for name in KEPT if name in arrived}


async def _people(call: Call[Transaction], sent: TaskBody, task: Task | None = None) -> References:
    """Take the assignee and the contact in the request, beside those of the shown task."""
    named: dict[str, list[UUID]] = {}
    shown: dict[str, list[int]] = {}
    if sent.assigned_to is not UNSET:
        named["assignee"] = [uid_of("user", sent.assigned_to)] if sent.assigned_to else []
        shown["user"] = [task.assignee] if task and task.assignee else []
    if sent.contact_id is not UNSET and task:
        contact = task.first("contact")
        named["contact"] = [uid_of("cont", sent.contact_id)] if sent.contact_id else []
        shown["contact"] = [contact] if contact else []
    return await take_by_uid(call.tx, call.caller, named, ids=shown) if named else References()


def _contact(taken: References, text: str) -> int:
    found = taken.find("contact", uid_of("cont", text))
    if found is None:
        raise UnknownRecord("contact", text)
    return found


def _assignee(people: References, text: str | None) -> int | None:
    if text is None:
        return None
    found = people.find("assignee", uid_of("user", text))
    if found is None:
        raise UnknownRecord("assignee", text)
    return found


async def _find_named(reader: Reader, caller: Caller, uid: UUID) -> Named[ShownTask]:
    return await find_task_as(reader, caller, _NAMED, uid)


async def _task(call: Call[Any], find: Callable[..., Awaitable[Found]]) -> Found:
    text = call.path["id"]
    try:
        return await find(call.tx, call.caller, uid_of("task", text))
    except NotFound:
        raise NotFound("task", text) from None


async def _item(call: Call[Reader], task: Task) -> TaskItem:
    return render.task_item(task, await names_of_tasks(call.tx, call.caller, [task]), call.caller)


async def _answer(call: Call[Reader], task: Task) -> Answer:
    return render.one(await _item(call, task), parse.fields(call))


def _creatable(sent: TaskBody) -> tuple[str, str]:
    kind = "lead" if sent._type is UNSET else sent._type
    if kind not in CREATED:
        raise Invalid({"_type": ["Only lead and outgoing_call tasks can be created."]})
    return CREATED[kind]


def _due(text: Any, zone: tzinfo | None = None) -> Due:
    if text is None:
        return Due()
    value = read_date("date", text, zone)
    return Due(at=value) if isinstance(value, datetime) else Due(on=value)
