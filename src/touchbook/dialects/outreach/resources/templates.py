"""Templates, their steps, and the e-mails made from them."""

from msgspec import Struct
from msgspec.structs import replace

from touchbook.core.enrolments.query_schemas import MAILING_SCHEMA
from touchbook.core.query.schema import Column, QuerySchema
from touchbook.core.sequences.query_schemas import SEQUENCE_TEMPLATE_SCHEMA
from touchbook.core.sequences.sequence_template import SequenceTemplate
from touchbook.core.templates.mailing import Mailing
from touchbook.core.templates.query_schema import TEMPLATE_SCHEMA
from touchbook.core.templates.template import Template
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Linked, Resource, below, to_one
from touchbook.dialects.outreach.resources.sequences import OF_SEQUENCE
from touchbook.dialects.outreach.times import show_instant, show_optional

# The core's word -> the wire's.
_MAILING_STATES = {"draft": "drafted", "scheduled": "scheduled", "broken": "failed"}
_LONGEST_REASON = 255
_ASKED_STATES = {shown: state for state, shown in _MAILING_STATES.items()}


class TemplateAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """Liquid, as it was written."""

    body_html: str
    created_at: str
    name: str
    subject: str | None
    updated_at: str


class SequenceTemplateAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    created_at: str
    enabled: bool
    updated_at: str


class MailingAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`error_reason` says why its template could not be rendered, if the mailing has failed."""

    body_html: str
    created_at: str
    error_reason: str | None
    mailing_type: str
    scheduled_at: str | None
    state: str
    state_changed_at: str
    subject: str | None
    updated_at: str


def _show_template(template: Template) -> TemplateAttributes:
    return TemplateAttributes(
        body_html=template.body,
        created_at=show_instant(template.created_at),
        name=template.name,
        subject=template.subject,
        updated_at=show_instant(template.updated_at),
    )


def _show_link(link: SequenceTemplate) -> SequenceTemplateAttributes:
    return SequenceTemplateAttributes(
        created_at=show_instant(link.created_at),
        enabled=link.enabled,
        updated_at=show_instant(link.updated_at),
    )


def _show_mailing(mailing: Mailing) -> MailingAttributes:
    return MailingAttributes(
        body_html=mailing.body,
        created_at=show_instant(mailing.created_at),
        error_reason=mailing.broken_reason and mailing.broken_reason[:_LONGEST_REASON],
        mailing_type="sequence" if mailing.sequence_id else "single",
        scheduled_at=show_optional(mailing.scheduled_at),
        state=_MAILING_STATES[mailing.state],
        state_changed_at=show_instant(mailing.state_changed_at),
        subject=mailing.subject,
        updated_at=show_instant(mailing.updated_at),
    )


def _asked_state(text: str) -> str:
    return _ASKED_STATES.get(text, "")


_NAMES = {"id": "id", "name": "name", **TIMES}
_LINKS = {"id": "id", "enabled": "enabled", **TIMES}
_MAILINGS = {
    "id": "id",
    "scheduledAt": "scheduled_at",
    "state": "state",
    "stateChangedAt": "state_changed_at",
    **TIMES,
}
_SCHEMA: QuerySchema[Mailing] = replace(
    MAILING_SCHEMA,
    columns={**MAILING_SCHEMA.columns, "state": Column(sql="x.state", nullable=False, fold=_asked_state)},
)

TEMPLATES = Resource(
    kind="template",
    path="/templates",
    schema=TEMPLATE_SCHEMA,
    attributes=TemplateAttributes,
    show=_show_template,
    relationships={
        "creator": to_one("user", "created_by"),
        "mailings": Linked("/mailings", "template"),
        "owner": to_one("user", "owner_id"),
        "sequenceTemplates": Linked("/sequenceTemplates", "template"),
        "updater": to_one("user", "updated_by"),
    },
    filters={**_NAMES, **below("owner", OF_USER)},
    sorts=_NAMES,
    alias="template",
    writable=True,
)
SEQUENCE_TEMPLATES = Resource(
    kind="sequenceTemplate",
    path="/sequenceTemplates",
    schema=SEQUENCE_TEMPLATE_SCHEMA,
    attributes=SequenceTemplateAttributes,
    show=_show_link,
    relationships={
        "creator": to_one("user", "created_by"),
        "sequenceStep": to_one("sequenceStep", "step_id"),
        "template": to_one("template", "template_id"),
        "updater": to_one("user", "updated_by"),
    },
    filters={
        **_LINKS,
        **below("sequenceStep", {"id": "id"}, through="step"),
        **below("template", {"id": "id", "name": "name"}),
    },
    sorts=_LINKS,
    alias="sequence_template",
    writable=True,
)
MAILINGS = Resource(
    kind="mailing",
    path="/mailings",
    schema=_SCHEMA,
    attributes=MailingAttributes,
    show=_show_mailing,
    relationships={
        "prospect": to_one("prospect", "contact_id"),
        "sequence": to_one("sequence", "sequence_id"),
        "sequenceState": to_one("sequenceState", "sequence_state_id"),
        "sequenceStep": to_one("sequenceStep", "sequence_step_id"),
        "template": to_one("template", "template_id"),
        "user": to_one("user", "sender_id"),
    },
    filters={
        **_MAILINGS,
        **below("prospect", {"id": "id"}, through="contact"),
        **below("sequence", OF_SEQUENCE),
        **below("sequenceState", {"id": "id"}, through="state"),
        **below("sequenceStep", {"id": "id"}, through="step"),
        **below("task", {"id": "id"}),
        **below("template", {"id": "id"}),
        **below("user", OF_USER, through="sender"),
    },
    sorts=_MAILINGS,
    alias="mailing",
)
