"""Sequences and what belongs to them, as lists have them that are asked by any of their columns."""

from collections.abc import Mapping
from typing import Any

from touchbook.core.contacts.sheet import CONTACTS
from touchbook.core.sequences.mailing import Mailing
from touchbook.core.sequences.nouns import (
    MAILINGS,
    SEQUENCE_TEMPLATES,
    SEQUENCES,
    STATES,
    STEPS,
    TEMPLATES,
    Noun,
    Record,
)
from touchbook.core.sequences.sequence import Sequence
from touchbook.core.sequences.state import SequenceState
from touchbook.core.sequences.step import Step
from touchbook.core.sequences.template import SequenceTemplate, Template
from touchbook.core.sheet import Column, Sheet
from touchbook.core.teams.sheet import MEMBERS

_NAME = Column(sql="x.name", nullable=False)
_OWNER = Column(sql="x.owner_id", kind="bigint", nullable=False)
_STATE = Column(sql="x.state", nullable=False)
_ENABLED = Column(sql="x.enabled", kind="boolean", nullable=False)
_STATE_CHANGED = Column(sql="x.state_changed_at", kind="timestamptz", nullable=False)
_CONTACT = Column(sql="x.contact_id", kind="bigint", nullable=False)


def _sheet(
    noun: Noun[Record], columns: Mapping[str, Column], relations: Mapping[str, tuple[str, Sheet[Any]]]
) -> Sheet[Record]:
    return Sheet(
        source=f"{noun.table} x",
        select=noun.columns,
        key="x.id",
        record=lambda values: noun.record(*values),
        stand=noun.stand,
        columns={
            "id": Column(sql="x.id", kind="bigint", nullable=False),
            "created_at": Column(sql="x.created_at", kind="timestamptz", nullable=False),
            "updated_at": Column(sql="x.updated_at", kind="timestamptz", nullable=False),
            **columns,
        },
        relations=relations,
    )


def _id(column: str) -> Column:
    return Column(sql=column, kind="bigint")


SEQUENCE_SHEET: Sheet[Sequence] = _sheet(
    SEQUENCES,
    {
        "name": _NAME,
        "enabled": _ENABLED,
        "tags": Column(any_of="x.tags && {}::text[]", missing="cardinality(x.tags) = 0"),
        "owner.id": _OWNER,
    },
    {"owner": ("x.owner_id", MEMBERS)},
)
STEP_SHEET: Sheet[Step] = _sheet(
    STEPS,
    {
        "position": Column(sql="x.position", kind="bigint", nullable=False),
        "kind": Column(sql="x.kind", nullable=False),
        "sequence.id": Column(sql="x.sequence_id", kind="bigint", nullable=False),
    },
    {"sequence": ("x.sequence_id", SEQUENCE_SHEET)},
)
TEMPLATE_SHEET: Sheet[Template] = _sheet(
    TEMPLATES, {"name": _NAME, "owner.id": _OWNER}, {"owner": ("x.owner_id", MEMBERS)}
)
SEQUENCE_TEMPLATE_SHEET: Sheet[SequenceTemplate] = _sheet(
    SEQUENCE_TEMPLATES,
    {
        "enabled": _ENABLED,
        "step.id": Column(sql="x.step_id", kind="bigint", nullable=False),
        "template.id": Column(sql="x.template_id", kind="bigint", nullable=False),
    },
    {"step": ("x.step_id", STEP_SHEET), "template": ("x.template_id", TEMPLATE_SHEET)},
)
STATE_SHEET: Sheet[SequenceState] = _sheet(
    STATES,
    {
        "state": _STATE,
        "state_changed_at": _STATE_CHANGED,
        "contact.id": _CONTACT,
        "sequence.id": Column(sql="x.sequence_id", kind="bigint", nullable=False),
        "step.id": Column(sql="x.step_id", kind="bigint", nullable=False),
    },
    {"contact": ("x.contact_id", CONTACTS), "sequence": ("x.sequence_id", SEQUENCE_SHEET)},
)
MAILING_SHEET: Sheet[Mailing] = _sheet(
    MAILINGS,
    {
        "state": _STATE,
        "state_changed_at": _STATE_CHANGED,
        "scheduled_at": Column(sql="x.scheduled_at", kind="timestamptz"),
        "contact.id": _CONTACT,
        "sender.id": Column(sql="x.sender_id", kind="bigint", nullable=False),
        "sequence.id": _id("x.sequence_id"),
        "state.id": _id("x.sequence_state_id"),
        "step.id": _id("x.sequence_step_id"),
        "template.id": _id("x.template_id"),
        "task.id": Column(
            kind="bigint",
            any_of="""x.id in (select t.mailing_id from tasks t
                where t.team_id = $1 and t.id = any({}::bigint[]) and t.deleted_at is null)""",
            missing="""not exists (select from tasks t
                where t.team_id = $1 and t.mailing_id = x.id and t.deleted_at is null)""",
        ),
    },
    {
        "contact": ("x.contact_id", CONTACTS),
        "sender": ("x.sender_id", MEMBERS),
        "sequence": ("x.sequence_id", SEQUENCE_SHEET),
    },
)
