"""Actions on a task. Their parameters come in the query; a body is ignored."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.enrolments.completing import advance_task, complete_step
from touchbook.core.enrolments.delivering import deliver_task
from touchbook.core.enrolments.state import Outcome
from touchbook.core.errors import Conflict, UnknownRecord
from touchbook.core.tasks.assigning import reassign_task
from touchbook.core.tasks.changes import TaskChanges
from touchbook.core.tasks.changing import change_task
from touchbook.core.tasks.logging_meetings import log_meeting
from touchbook.core.tasks.rescheduling import reschedule_task
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import NotPossible, RefusedParameters
from touchbook.dialects.outreach.jsonapi.reading import Handler, find, show_now
from touchbook.dialects.outreach.parameters import parameter_of, read_action, read_time
from touchbook.dialects.outreach.resources.tasks import DEAL_RULES, TASKS, OpportunityAssociation
from touchbook.dialects.outreach.tasks import LONGEST_NOTE
from touchbook.http.call import Answer, Call

_Id = Annotated[int, Meta(ge=1, le=2**62)]
_Note = Annotated[str, Meta(max_length=LONGEST_NOTE)]
_Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
_OUTCOMES: dict[str, Outcome] = {"finish_replied": "replied", "finish_no_reply": "no_reply"}
_URGENT = 4


class NoParameters(Struct, frozen=True):
    pass


class MarkComplete(Struct, frozen=True, kw_only=True, rename="camel"):
    """`completion_action` is `finish_replied` or `finish_no_reply`; with any other value the sequence
    continues.
    """

    completion_note: _Note | UnsetType = UNSET
    completion_action: str | UnsetType = UNSET


class ReassignOwner(Struct, frozen=True, kw_only=True, rename="camel"):
    owner_id: _Id


class Reschedule(Struct, frozen=True, kw_only=True, rename="camel"):
    due_at: _Time


class Snooze(Struct, frozen=True, kw_only=True, rename="camel"):
    due_at: _Time | UnsetType = UNSET
    mark_as_urgent: bool | UnsetType = UNSET


class UpdateNote(Struct, frozen=True, kw_only=True, rename="camel"):
    note: _Note


class UpdateOpportunityAssociation(Struct, frozen=True, kw_only=True, rename="camel"):
    opportunity_association: OpportunityAssociation


class LogMeetInPerson(Struct, frozen=True, kw_only=True, rename="camel"):
    task_disposition_id: _Id
    task_purpose_id: _Id | UnsetType = UNSET
    completion_note: _Note | UnsetType = UNSET


async def advance(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    read_action(call, NoParameters)
    with _if_possible():
        await advance_task(call.tx, call.caller, task_id=identifier)
    return await show_now(call, TASKS, identifier)


async def deliver(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    read_action(call, NoParameters)
    with _if_possible():
        await deliver_task(call.tx, call.caller, task_id=identifier)
    return await show_now(call, TASKS, identifier)


async def mark_complete(call: Call[Transaction]) -> Answer:
    """A complete task stays as it is, its note too."""
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, MarkComplete)
    outcome = _OUTCOMES.get(told.completion_action) if told.completion_action else None
    note = told.completion_note or None
    await complete_step(call.tx, call.caller, task_id=identifier, outcome=outcome, note=note)
    return await show_now(call, TASKS, identifier)


async def reassign_owner(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, ReassignOwner)
    try:
        await reassign_task(call.tx, call.caller, task_id=identifier, assignee=told.owner_id)
    except UnknownRecord:
        raise _missing("ownerId", "user", told.owner_id) from None
    return await show_now(call, TASKS, identifier)


async def reschedule(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    due_at = read_time("dueAt", read_action(call, Reschedule).due_at)
    await reschedule_task(call.tx, call.caller, task_id=identifier, due_at=due_at)
    return await show_now(call, TASKS, identifier)


async def snooze(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, Snooze)
    until = read_time("dueAt", told.due_at) if told.due_at is not UNSET else None
    urgent = _URGENT if told.mark_as_urgent is True else UNSET
    await change_task(call.tx, call.caller, identifier, TaskChanges(snooze=until, priority=urgent))
    return await show_now(call, TASKS, identifier)


async def update_note(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, UpdateNote)
    await change_task(call.tx, call.caller, identifier, TaskChanges(description=told.note))
    return await show_now(call, TASKS, identifier)


async def update_opportunity_association(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, UpdateOpportunityAssociation)
    rule = DEAL_RULES[told.opportunity_association]
    await change_task(call.tx, call.caller, identifier, TaskChanges(deal_rule=rule, chooses_deal=True))
    return await show_now(call, TASKS, identifier)


async def log_meet_in_person(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TASKS, call.path["id"])
    told = read_action(call, LogMeetInPerson)
    try:
        with _if_possible():
            await log_meeting(
                call.tx,
                call.caller,
                task_id=identifier,
                disposition_id=told.task_disposition_id,
                purpose_id=told.task_purpose_id or None,
                note=told.completion_note or None,
            )
    except UnknownRecord as unknown:
        kind = "taskDisposition" if unknown.noun == "disposition" else "taskPurpose"
        raise _missing(f"{kind}Id", kind, unknown.identifier) from None
    return await show_now(call, TASKS, identifier)


@contextmanager
def _if_possible() -> Iterator[None]:
    """A Conflict of the core is 422 here (OU-32, OU-34)."""
    try:
        yield
    except Conflict as conflict:
        raise NotPossible(str(conflict)) from None


def _missing(parameter: str, kind: str, identifier: object) -> RefusedParameters:
    return RefusedParameters({parameter_of(parameter): f"Could not find '{kind}' with ID '{identifier}'."})


# By name: what it does, what that is called, its parameters.
ACTIONS: dict[str, tuple[Handler, str, type[Struct]]] = {
    "advance": (advance, "Complete a step and advance in its sequence", NoParameters),
    "deliver": (deliver, "Send the mailing of a task", NoParameters),
    "logMeetInPerson": (
        log_meet_in_person,
        "Record a meeting and complete its task",
        LogMeetInPerson,
    ),
    "markComplete": (mark_complete, "Complete a task", MarkComplete),
    "reassignOwner": (reassign_owner, "Change the owner of a task", ReassignOwner),
    "reschedule": (reschedule, "Set the due time of a task", Reschedule),
    "snooze": (snooze, "Postpone a task by a day, or to a given time", Snooze),
    "updateNote": (update_note, "Set the note of a task", UpdateNote),
    "updateOpportunityAssociation": (
        update_opportunity_association,
        "Set the opportunity of a task by a rule",
        UpdateOpportunityAssociation,
    ),
}
