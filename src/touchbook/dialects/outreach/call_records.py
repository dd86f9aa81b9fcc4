"""Calls that were logged, with the sequence step that each belonged to."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from touchbook.core.activities.activity import Activity
from touchbook.core.activities.queries import ACTIVITY_COLUMNS
from touchbook.core.caller import Caller
from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.contacts.seeing import add_visible_contacts, seen_of_contact
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.query.where import OWNER, Where
from touchbook.core.sequences.query_schemas import SEQUENCE_SCHEMA
from touchbook.core.teams.query_schema import MEMBERS


class CallRecord(Struct, frozen=True):
    """A call, with the sequence step that its task belonged to, and its foreign members as JSON."""

    activity: Activity
    sequence_id: int | None
    sequence_state_id: int | None
    sequence_step_id: int | None
    foreign_members: str | None


def _record(values: Sequence[Any], _caller: Caller) -> CallRecord:
    return CallRecord(Activity(*values[:-4]), *values[-4:])


def _add_visible(where: Where, caller: Caller) -> Where:
    where.add("a.team_id = $1").add("a.kind = 'call'").add("a.deleted_at is null")
    return add_visible_contacts(where, caller)


# Its task may be about another contact too, whose sequence it is a step of.
_STATE = seen_of_contact("sequence_states", "t.sequence_state_id", OWNER)
CALLS: QuerySchema[CallRecord] = QuerySchema(
    source="""activities a join contacts c on c.team_id = a.team_id and c.id = a.contact_id
        left join tasks t on t.team_id = a.team_id and t.id = a.task_id""",
    select=f"{ACTIVITY_COLUMNS}, t.sequence_id, {_STATE}, t.sequence_step_id, a.foreign_members",
    key="a.id",
    record=_record,
    visible=_add_visible,
    columns={
        "id": Column(sql="a.id", kind="bigint", nullable=False),
        "at": Column(sql="a.at", kind="timestamptz", nullable=False),
        "outgoing": Column(sql="a.outgoing", kind="boolean", nullable=False),
        "created_at": Column(sql="a.created_at", kind="timestamptz", nullable=False),
        "updated_at": Column(sql="a.updated_at", kind="timestamptz", nullable=False),
        "contact.id": Column(sql="a.contact_id", kind="bigint", nullable=False),
        "user.id": Column(sql="a.created_by", kind="bigint"),
        "task.id": Column(sql="a.task_id", kind="bigint"),
        "sequence.id": Column(sql="t.sequence_id", kind="bigint"),
        "state.id": Column(
            kind="bigint",
            any_of=f"(t.sequence_state_id = any({{}}::bigint[]) and {_STATE} is not null)",
            missing=f"{_STATE} is null",
        ),
        "step.id": Column(sql="t.sequence_step_id", kind="bigint"),
    },
    relations={
        "contact": ("a.contact_id", CONTACTS),
        "sequence": ("t.sequence_id", SEQUENCE_SCHEMA),
        "user": ("a.created_by", MEMBERS),
    },
)
