"""Sequences as an Outreach client builds them."""

from typing import Any

from tests.dialects.outreach.asking import created, sent
from tests.people import Person


async def new_sequence(person: Person, *kinds: str, **attributes: Any) -> Any:
    """With a step of each kind."""
    made = await created(person, "/sequences", sent("sequence", **{"name": "New buyers", **attributes}))
    for kind in kinds:
        await new_step(person, made, stepType=kind)
    return made


async def new_step(person: Person, sequence: Any, **attributes: Any) -> Any:
    related = {"sequence": ("sequence", sequence["id"])}
    return await created(person, "/sequenceSteps", sent("sequenceStep", related=related, **attributes))


async def new_template(person: Person, body: str = "Hi {{ first_name }}", **attributes: Any) -> Any:
    members = {"name": "Hello", "subject": "Hello", "bodyHtml": body, **attributes}
    return await created(person, "/templates", sent("template", **members))


async def new_link(person: Person, step: Any, template: Any, **attributes: Any) -> Any:
    related = {"sequenceStep": ("sequenceStep", step["id"]), "template": ("template", template["id"])}
    return await created(person, "/sequenceTemplates", sent("sequenceTemplate", related=related, **attributes))


def enrolment(prospect: int, sequence: Any) -> Any:
    related = {"prospect": ("prospect", prospect), "sequence": ("sequence", sequence["id"])}
    return sent("sequenceState", related=related)
