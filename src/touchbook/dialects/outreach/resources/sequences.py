"""Sequences, their steps, and the progress of prospects in them."""

from msgspec import Struct
from msgspec.structs import replace

from touchbook.core.enrolments.query_schemas import STATE_SCHEMA
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.sequences.query_schemas import SEQUENCE_SCHEMA, STEP_SCHEMA
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.step import Step
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Linked, One, Ref, Resource, below, to_one
from touchbook.dialects.outreach.step_types import step_type, step_type_of
from touchbook.dialects.outreach.times import show_instant

MINUTE = 60
_OPTED_OUT = "opted_out"


class SequenceAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`sequence_type`: steps follow each other at intervals."""

    created_at: str
    description: str | None
    enabled: bool
    name: str
    sequence_type: str
    tags: list[str]
    updated_at: str


class SequenceStepAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`interval` is in minutes, `task_autoskip_delay` in seconds; `order` may have gaps."""

    created_at: str
    display_name: str
    interval: int
    order: int
    step_type: str
    task_autoskip_delay: int | None
    task_note: str | None
    updated_at: str


class SequenceStateAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`state` is `opted_out` if the prospect left by opting out of everything."""

    created_at: str
    replied_at: str | None
    state: str
    state_changed_at: str
    updated_at: str


def _show_sequence(sequence: Sequence) -> SequenceAttributes:
    return SequenceAttributes(
        created_at=show_instant(sequence.created_at),
        description=sequence.description,
        enabled=sequence.enabled,
        name=sequence.name,
        sequence_type="interval",
        tags=sequence.tags,
        updated_at=show_instant(sequence.updated_at),
    )


def _show_step(step: Step) -> SequenceStepAttributes:
    return SequenceStepAttributes(
        created_at=show_instant(step.created_at),
        display_name=f"Step #{step.position} ({step_type(step).replace('_', ' ')})",
        interval=step.delay // MINUTE,
        order=step.position,
        step_type=step_type(step),
        task_autoskip_delay=step.autoskip_after,
        task_note=step.note,
        updated_at=show_instant(step.updated_at),
    )


def _show_state(state: SequenceState) -> SequenceStateAttributes:
    changed_at = show_instant(state.state_changed_at)
    return SequenceStateAttributes(
        created_at=show_instant(state.created_at),
        replied_at=changed_at if state.finish_reason == "replied" else None,
        state=_OPTED_OUT if state.finish_reason == _OPTED_OUT else state.state,
        state_changed_at=changed_at,
        updated_at=show_instant(state.updated_at),
    )


def _priority(step: Step) -> Ref:
    return Ref("taskPriority", step.priority + 1)


OF_SEQUENCE = {"id": "id", "name": "name", "tags": "tags"}
_NAMES = {"id": "id", "enabled": "enabled", "name": "name", **TIMES}
_STEPS = {"id": "id", "order": "position", "stepType": "kind", **TIMES}
_STATES = {"id": "id", "state": "state", "stateChangedAt": "state_changed_at", **TIMES}
# How it ended is part of what is asked for, as it is of what is shown.
_STATE_SCHEMA: QuerySchema[SequenceState] = replace(
    STATE_SCHEMA,
    columns={
        **STATE_SCHEMA.columns,
        "state": Column(
            sql=f"(case when x.finish_reason = '{_OPTED_OUT}' then '{_OPTED_OUT}' else x.state end)",
            nullable=False,
        ),
    },
)
_STEP_SCHEMA: QuerySchema[Step] = replace(
    STEP_SCHEMA, columns={**STEP_SCHEMA.columns, "kind": Column(sql=step_type_of("x"), nullable=False)}
)

SEQUENCES = Resource(
    kind="sequence",
    path="/sequences",
    schema=SEQUENCE_SCHEMA,
    attributes=SequenceAttributes,
    show=_show_sequence,
    relationships={
        "calls": Linked("/calls", "sequence"),
        "creator": to_one("user", "created_by"),
        "mailings": Linked("/mailings", "sequence"),
        "owner": to_one("user", "owner_id"),
        "sequenceStates": Linked("/sequenceStates", "sequence"),
        "sequenceSteps": Linked("/sequenceSteps", "sequence"),
        "updater": to_one("user", "updated_by"),
    },
    filters={**_NAMES, "tags": "tags", **below("owner", OF_USER)},
    sorts=_NAMES,
    alias="sequence",
    writable=True,
)
STEPS = Resource(
    kind="sequenceStep",
    path="/sequenceSteps",
    schema=_STEP_SCHEMA,
    attributes=SequenceStepAttributes,
    show=_show_step,
    relationships={
        "calls": Linked("/calls", "sequenceStep"),
        "creator": to_one("user", "created_by"),
        "mailings": Linked("/mailings", "sequenceStep"),
        "sequence": to_one("sequence", "sequence_id"),
        "sequenceTemplates": Linked("/sequenceTemplates", "sequenceStep"),
        "taskPriority": One(("taskPriority",), _priority),
        "updater": to_one("user", "updated_by"),
    },
    filters={**_STEPS, **below("sequence", OF_SEQUENCE)},
    sorts=_STEPS,
    alias="sequence_step",
    writable=True,
)
STATES = Resource(
    kind="sequenceState",
    path="/sequenceStates",
    schema=_STATE_SCHEMA,
    attributes=SequenceStateAttributes,
    show=_show_state,
    relationships={
        "calls": Linked("/calls", "sequenceState"),
        "creator": to_one("user", "created_by"),
        "mailings": Linked("/mailings", "sequenceState"),
        "prospect": to_one("prospect", "contact_id"),
        "sequence": to_one("sequence", "sequence_id"),
        "sequenceStep": to_one("sequenceStep", "step_id"),
    },
    filters={
        **_STATES,
        **below("prospect", {"id": "id"}, through="contact"),
        **below("sequence", OF_SEQUENCE),
        **below("sequenceStep", {"id": "id"}, through="step"),
    },
    sorts=_STATES,
    alias="sequence_state",
    writable=True,
)
