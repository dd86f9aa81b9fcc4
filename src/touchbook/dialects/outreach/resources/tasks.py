"""Tasks."""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from touchbook.core.caller import Caller
from touchbook.core.enrolments.compiling import compile_templates
from touchbook.core.sequences.step import STEP_ORIGINS
from touchbook.core.tasks.task import DealRule, Kind
from touchbook.core.transaction import Reader
from touchbook.dialects.outreach.jsonapi.resource import (
    OF_USER,
    TIMES,
    Linked,
    Many,
    One,
    Ref,
    Resource,
    below,
    to_one,
)
from touchbook.dialects.outreach.task_records import SCHEMA, TaskRecord
from touchbook.dialects.outreach.times import show_instant, show_optional

ACTIONS: dict[Kind, str] = {"todo": "action_item", "call": "call", "message": "email", "in_person": "in_person"}
OpportunityAssociation = Literal["recent_created", "recent_updated", "noop"]
DEAL_RULES: Mapping[str, DealRule] = {
    "recent_created": "last_created",
    "recent_updated": "last_updated",
    "noop": "kept",
}
_ASSOCIATIONS = {rule: association for association, rule in DEAL_RULES.items()}
_STATES = {"pending": "scheduled", "incomplete": "open", "complete": "closed"}


class TaskAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    action: str
    autoskip_at: str | None
    compiled_sequence_template_html: str | None
    completed: bool
    completed_at: str | None
    created_at: str
    due_at: str | None
    note: str | None
    opportunity_association: str | None
    scheduled_at: str | None
    state: str
    state_changed_at: str
    task_type: str
    updated_at: str


def _show(record: TaskRecord) -> TaskAttributes:
    task = record.task
    return TaskAttributes(
        action=ACTIONS[task.kind],
        autoskip_at=show_optional(task.autoskip_at),
        compiled_sequence_template_html=record.text,
        completed=not task.is_open,
        completed_at=show_optional(task.completed_at),
        created_at=show_instant(task.created_at),
        due_at=show_optional(record.due),
        note=task.description,
        opportunity_association=_ASSOCIATIONS[task.deal_rule] if task.deal_rule else None,
        scheduled_at=show_optional(task.scheduled_at),
        state="pending" if task.status == "scheduled" else "incomplete" if task.is_open else "complete",
        state_changed_at=show_instant(task.state_changed_at),
        task_type=task.origin,
        updated_at=show_instant(task.updated_at),
    )


async def _compile(reader: Reader, caller: Caller, records: Sequence[TaskRecord]) -> Sequence[TaskRecord]:
    texts = await compile_templates(reader, caller, [record.task for record in records])
    return [replace(record, text=texts.get(record.task.id)) for record in records] if texts else records


def _creator(record: TaskRecord) -> Ref:
    task = record.task
    if task.sequence_step_id is not None and task.origin in STEP_ORIGINS:
        return Ref("sequenceStep", task.sequence_step_id)
    return Ref("user", task.created_by)


def _owner(record: TaskRecord) -> Ref | None:
    return _ref("user", record.task.assignee)


def _prospect(record: TaskRecord) -> Ref | None:
    return _ref("prospect", record.contact_id)


def _opportunity(record: TaskRecord) -> Ref | None:
    return _ref("opportunity", record.task.first("deal"))


def _priority(record: TaskRecord) -> Ref | None:
    """Return None for the least priority, which has no resource."""
    return Ref("taskPriority", record.task.priority + 1) if record.task.priority else None


def subject_of(record: TaskRecord) -> Ref | None:
    """Return the subject by 7.5."""
    return _ref("account", record.account_id) or _prospect(record) or _opportunity(record)


def _steps(record: TaskRecord) -> list[Ref]:
    return [Ref("sequenceStep", each) for each in record.step_ids]


def _ref(kind: str, identifier: int | None) -> Ref | None:
    return None if identifier is None else Ref(kind, identifier)


_SORTS = {
    "id": "id",
    "autoskipAt": "autoskip_at",
    "dueAt": "due",
    "scheduledAt": "scheduled_at",
    "state": "phase",
    "stateChangedAt": "state_changed_at",
    "taskType": "origin",
    **TIMES,
}
_ID = {"id": "id"}

TASKS = Resource(
    kind="task",
    path="/tasks",
    schema=SCHEMA,
    attributes=TaskAttributes,
    show=_show,
    relationships={
        "account": to_one("account", "company_id"),
        "call": to_one("call", "call_id"),
        "calls": Linked("/calls", "task"),
        "completer": to_one("user", "task.completed_by"),
        "creator": One(("stage", "user", "sequenceStep"), _creator),
        "mailing": to_one("mailing", "mailing_id"),
        "mailings": Linked("/mailings", "task"),
        "opportunity": One(("opportunity",), _opportunity),
        "owner": One(("user",), _owner),
        "prospect": One(("prospect",), _prospect),
        "sequence": to_one("sequence", "task.sequence_id"),
        "sequenceSequenceSteps": Many(("sequenceStep",), _steps),
        "sequenceState": to_one("sequenceState", "sequence_state_id"),
        "sequenceStep": to_one("sequenceStep", "task.sequence_step_id"),
        "sequenceTemplate": to_one("sequenceTemplate", "task.sequence_template_id"),
        "subject": One(("account", "opportunity", "prospect"), subject_of),
        "taskPriority": One(("taskPriority",), _priority),
        "template": to_one("template", "task.template_id"),
    },
    filters={
        **_SORTS,
        **below("account", _ID),
        **below("call", _ID),
        **below("calls", _ID, through="call"),
        **below("completer", _ID),
        **below("mailing", _ID),
        **below("mailings", _ID, through="mailing"),
        **below("opportunity", _ID, through="deal"),
        **below("owner", OF_USER),
        **below(
            "prospect",
            {
                "id": "id",
                "byPersonaId": "persona.id",
                "byStageId": "stage.id",
                "firstName": "first_name",
                "tags": "tags",
                "title": "job_title",
                **TIMES,
            },
            through="contact",
        ),
        **below("sequence", {"id": "id", "tags": "tags"}),
        **below("sequenceSequenceSteps", _ID, through="steps"),
        **below("sequenceState", _ID, through="sequence_state"),
        **below("sequenceStep", {"id": "id", "stepType": "kind"}, through="step"),
        **below("sequenceTemplate", _ID, through="sequence_template"),
        **below("taskPriority", {"id": "id", "name": "name"}, through="priority"),
        **below("template", _ID),
    },
    sorts=_SORTS,
    alias="task",
    writable=True,
    words={"phase": _STATES},
    furnishes=("compiledSequenceTemplateHtml", _compile),
)
