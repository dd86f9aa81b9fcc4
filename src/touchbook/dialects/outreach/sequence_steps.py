"""Create, update, delete the steps of sequences."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.differing import said
from touchbook.core.sequences.stepping import LONGEST, StepChanges, add_step, change_step, delete_step
from touchbook.core.tasks.task import DEFAULT_PRIORITY
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.sequences import MINUTE, STEPS
from touchbook.dialects.outreach.sequences import Note
from touchbook.dialects.outreach.step_types import KINDS, StepType
from touchbook.http.call import Answer, Call

WRITABLE = ("sequence", "taskPriority")
_MEMBERS = {
    "interval": "delay",
    "order": "position",
    "task_autoskip_delay": "autoskip_after",
    "task_note": "note",
}


class SequenceStepWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    """`interval` is in minutes, `task_autoskip_delay` in seconds; both are at most 366 days."""

    interval: Annotated[int, Meta(ge=0, le=LONGEST // MINUTE)] | UnsetType = UNSET
    order: Annotated[int, Meta(ge=1, le=10_000)] | UnsetType = UNSET
    step_type: StepType | UnsetType = UNSET
    task_autoskip_delay: Annotated[int, Meta(ge=1, le=LONGEST)] | UnsetType | None = UNSET
    task_note: Note | UnsetType | None = UNSET


async def create(call: Call[Transaction]) -> Answer:
    """Append it to its sequence, or insert it at `order`."""
    sent = await read_sent(call, STEPS, SequenceStepWrite, WRITABLE)
    sequence = sent.related.get("sequence")
    required(
        {"/data/attributes/stepType": sent.attributes.step_type, "/data/relationships/sequence": sequence},
    )
    assert sequence is not None
    members = _members(said(sent.attributes))
    priority = sent.related.get("taskPriority")
    step = await add_step(
        call.tx,
        call.caller,
        sequence_id=sequence.id,
        priority=_level(priority.id if priority else None),
        **members,
    )
    return await show_now(call, STEPS, step.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    """A step stays in its sequence."""
    identifier, step = await find(call, STEPS, call.path["id"])
    sent = await read_sent(call, STEPS, SequenceStepWrite, WRITABLE, identifier=identifier, shown=step)
    changes = _members(differing_attributes(sent.attributes, STEPS.show(step)))
    related = differing_relations(sent.related, STEPS, step)
    if "taskPriority" in related:
        changes["priority"] = _level(related["taskPriority"])
    await change_step(call.tx, call.caller, identifier, StepChanges(**changes))
    return await show_now(call, STEPS, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, STEPS, call.path["id"])
    await delete_step(call.tx, call.caller, step_id=identifier)
    return Answer(b"", 204)


def _members(attributes: Mapping[str, Any]) -> dict[str, Any]:
    members = {_MEMBERS[name]: value for name, value in attributes.items() if name in _MEMBERS}
    if "delay" in members:
        members["delay"] *= MINUTE
    if "step_type" in attributes:
        members |= KINDS[attributes["step_type"]]._asdict()
    return members


def _level(priority_id: int | None) -> int:
    return DEFAULT_PRIORITY if priority_id is None else priority_id - 1
