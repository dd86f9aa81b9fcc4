"""Options that a team defines: stages, personas, dispositions and purposes."""

from msgspec import Struct

from touchbook.core.choices.choice import Choice
from touchbook.core.choices.query_schema import DISPOSITIONS, PERSONAS, PURPOSES, STAGES
from touchbook.core.query.schema import QuerySchema
from touchbook.dialects.outreach.jsonapi.resource import TIMES, Linked, Relationship, Resource, to_one
from touchbook.dialects.outreach.priorities import PRIORITIES, Priority
from touchbook.dialects.outreach.times import show_instant


class ChoiceAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    created_at: str
    description: str | None
    name: str
    order: int
    updated_at: str


class TaskPriorityAttributes(Struct, frozen=True, kw_only=True):
    """`weight` counts from 0; a higher one is more urgent."""

    name: str
    weight: int


def _show(choice: Choice) -> ChoiceAttributes:
    return ChoiceAttributes(
        created_at=show_instant(choice.created_at),
        description=choice.description,
        name=choice.name,
        order=choice.position,
        updated_at=show_instant(choice.updated_at),
    )


def _show_priority(priority: Priority) -> TaskPriorityAttributes:
    return TaskPriorityAttributes(name=priority.name, weight=priority.level)


_NAMES = {"id": "id", "name": "name", "order": "position", **TIMES}
_WEIGHTS = {"id": "id", "name": "name", "weight": "level"}


def _choice(kind: str, path: str, schema: QuerySchema[Choice], **relationships: Relationship) -> Resource[Choice]:
    return Resource(
        kind=kind,
        path=path,
        schema=schema,
        attributes=ChoiceAttributes,
        show=_show,
        relationships={
            "creator": to_one("user", "created_by"),
            "updater": to_one("user", "updated_by"),
            **relationships,
        },
        filters=_NAMES,
        sorts=_NAMES,
    )


STAGE = _choice("stage", "/stages", STAGES, prospects=Linked("/prospects", "stage"))
PERSONA = _choice("persona", "/personas", PERSONAS, prospects=Linked("/prospects", "persona"))
DISPOSITION = _choice("taskDisposition", "/taskDispositions", DISPOSITIONS)
PURPOSE = _choice("taskPurpose", "/taskPurposes", PURPOSES)
PRIORITY = Resource(
    kind="taskPriority",
    path="/taskPriorities",
    schema=PRIORITIES,
    attributes=TaskPriorityAttributes,
    show=_show_priority,
    filters=_WEIGHTS,
    sorts=_WEIGHTS,
)
