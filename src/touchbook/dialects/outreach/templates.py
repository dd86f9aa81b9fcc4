"""Create, update, delete templates, and attach them to steps."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.differing import said
from touchbook.core.errors import Invalid
from touchbook.core.sequences.attaching import attach_template, detach_template, switch_sequence_template
from touchbook.core.templates.rendering import LONGEST
from touchbook.core.templates.templating import TemplateChanges, change_template, create_template, delete_template
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.templates import SEQUENCE_TEMPLATES, TEMPLATES
from touchbook.dialects.outreach.sequences import Name, owner_of
from touchbook.http.call import Answer, Call

WRITABLE = ("owner",)
LINK_WRITABLE = ("sequenceStep", "template")


class TemplateWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    """In Liquid; syntax errors and unknown names are refused."""

    body_html: Annotated[str, Meta(max_length=LONGEST["body"])] | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    subject: Annotated[str, Meta(max_length=LONGEST["subject"])] | UnsetType | None = UNSET


class SequenceTemplateWrite(Struct, frozen=True, kw_only=True):
    enabled: bool | UnsetType = UNSET


async def create(call: Call[Transaction]) -> Answer:
    sent = await read_sent(call, TEMPLATES, TemplateWrite, WRITABLE)
    required({"/data/attributes/name": sent.attributes.name})
    owner = sent.related.get("owner")
    with _telling_where():
        template = await create_template(
            call.tx, call.caller, owner_id=owner.id if owner else None, **_members(said(sent.attributes))
        )
    return await show_now(call, TEMPLATES, template.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, template = await find(call, TEMPLATES, call.path["id"])
    sent = await read_sent(call, TEMPLATES, TemplateWrite, WRITABLE, identifier=identifier, shown=template)
    changes = _members(differing_attributes(sent.attributes, TEMPLATES.show(template)))
    changes |= owner_of(differing_relations(sent.related, TEMPLATES, template), "template")
    with _telling_where():
        await change_template(call.tx, call.caller, identifier, TemplateChanges(**changes))
    return await show_now(call, TEMPLATES, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, TEMPLATES, call.path["id"])
    await delete_template(call.tx, call.caller, template_id=identifier)
    return Answer(b"", 204)


async def attach(call: Call[Transaction]) -> Answer:
    sent = await read_sent(call, SEQUENCE_TEMPLATES, SequenceTemplateWrite, LINK_WRITABLE)
    step, template = sent.related.get("sequenceStep"), sent.related.get("template")
    required({"/data/relationships/sequenceStep": step, "/data/relationships/template": template})
    assert step is not None
    assert template is not None
    link = await attach_template(
        call.tx, call.caller, step_id=step.id, template_id=template.id, **said(sent.attributes)
    )
    return await show_now(call, SEQUENCE_TEMPLATES, link.id, status=201)


async def switch(call: Call[Transaction]) -> Answer:
    """Step and template cannot change."""
    identifier, _ = await find(call, SEQUENCE_TEMPLATES, call.path["id"])
    sent = await read_sent(call, SEQUENCE_TEMPLATES, SequenceTemplateWrite, LINK_WRITABLE, identifier=identifier)
    for enabled in said(sent.attributes).values():
        await switch_sequence_template(call.tx, call.caller, sequence_template_id=identifier, enabled=enabled)
    return await show_now(call, SEQUENCE_TEMPLATES, identifier)


async def detach(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, SEQUENCE_TEMPLATES, call.path["id"])
    await detach_template(call.tx, call.caller, sequence_template_id=identifier)
    return Answer(b"", 204)


def _members(attributes: dict[str, Any]) -> dict[str, Any]:
    return {"body" if name == "body_html" else name: value for name, value in attributes.items()}


@contextmanager
def _telling_where() -> Iterator[None]:
    try:
        yield
    except Invalid as wrong:
        names = {"body": "bodyHtml"}
        raise Refused(
            {f"/data/attributes/{names.get(name, name)}": said[0] for name, said in wrong.problems.items()}
        ) from None
