"""Query schemas of enrolments and of the e-mails drafted for them."""

from touchbook.core.contacts.query_schema import CONTACTS
from touchbook.core.enrolments.nouns import STATES
from touchbook.core.enrolments.state import SequenceState
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.sequences.query_schemas import SEQUENCE_SCHEMA
from touchbook.core.teams.query_schema import MEMBERS
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.nouns import MAILINGS

_STATE = Column(sql="x.state", nullable=False)
_STATE_CHANGED = Column(sql="x.state_changed_at", kind="timestamptz", nullable=False)
_CONTACT = Column(sql="x.contact_id", kind="bigint", nullable=False)


def _id(column: str) -> Column:
    return Column(sql=column, kind="bigint")


STATE_SCHEMA: QuerySchema[SequenceState] = STATES.query_schema(
    {
        "state": _STATE,
        "state_changed_at": _STATE_CHANGED,
        "contact.id": _CONTACT,
        "sequence.id": Column(sql="x.sequence_id", kind="bigint", nullable=False),
        "step.id": Column(sql="x.step_id", kind="bigint", nullable=False),
    },
    {"contact": ("x.contact_id", CONTACTS), "sequence": ("x.sequence_id", SEQUENCE_SCHEMA)},
)
MAILING_SCHEMA: QuerySchema[Mailing] = MAILINGS.query_schema(
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
        "sequence": ("x.sequence_id", SEQUENCE_SCHEMA),
    },
)
