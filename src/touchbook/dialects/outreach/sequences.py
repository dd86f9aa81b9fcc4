"""Create, update, delete sequences."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.differing import said
from touchbook.core.sequences.building import (
    SequenceChanges,
    change_sequence,
    create_sequence,
    delete_sequence,
)
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.reading import find, show_now
from touchbook.dialects.outreach.jsonapi.writing import (
    differing_attributes,
    differing_relations,
    read_sent,
    required,
)
from touchbook.dialects.outreach.resources.sequences import SEQUENCES
from touchbook.http.call import Answer, Call

WRITABLE = ("owner",)
Name = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"\S")]
Note = Annotated[str, Meta(max_length=65535)]


class SequenceWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    description: Note | UnsetType | None = UNSET
    enabled: bool | UnsetType = UNSET
    name: Name | UnsetType = UNSET
    tags: Annotated[list[Annotated[str, Meta(max_length=255)]], Meta(max_length=100)] | UnsetType = UNSET


async def create(call: Call[Transaction]) -> Answer:
    """The owner is the caller by default; a new sequence is enabled unless it says otherwise."""
    sent = await read_sent(call, SEQUENCES, SequenceWrite, WRITABLE)
    attributes = said(sent.attributes)
    required({"/data/attributes/name": attributes.get("name")})
    owner = sent.related.get("owner")
    sequence = await create_sequence(call.tx, call.caller, owner_id=owner.id if owner else None, **attributes)
    return await show_now(call, SEQUENCES, sequence.id, status=201)


async def update(call: Call[Transaction]) -> Answer:
    identifier, sequence = await find(call, SEQUENCES, call.path["id"])
    sent = await read_sent(call, SEQUENCES, SequenceWrite, WRITABLE, identifier=identifier, shown=sequence)
    changes = differing_attributes(sent.attributes, SEQUENCES.show(sequence))
    changes |= owner_of(differing_relations(sent.related, SEQUENCES, sequence), "sequence")
    await change_sequence(call.tx, call.caller, identifier, SequenceChanges(**changes))
    return await show_now(call, SEQUENCES, identifier)


async def delete(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, SEQUENCES, call.path["id"])
    await delete_sequence(call.tx, call.caller, sequence_id=identifier)
    return Answer(b"", 204)


def owner_of(related: dict[str, int | None], noun: str) -> dict[str, Any]:
    """Return the owner if it differs. Refused if it is null."""
    if "owner" not in related:
        return {}
    if related["owner"] is None:
        raise Refused({"/data/relationships/owner": "The owner may not be null."})
    return {"owner_id": related["owner"]}
