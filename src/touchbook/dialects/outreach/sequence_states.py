"""Prospects are added to sequences, paused, resumed, and finished."""

from collections.abc import Awaitable, Callable
from typing import Any

from msgspec import Struct

from touchbook.core.enrolments.enrolling import enroll_contact
from touchbook.core.enrolments.finishing import delete_state, finish_state
from touchbook.core.enrolments.pausing import pause_state, resume_state
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.jsonapi.reading import Handler, find, show_now
from touchbook.dialects.outreach.jsonapi.writing import read_sent, required
from touchbook.dialects.outreach.resources.sequences import STATES
from touchbook.http.call import Answer, Call

WRITABLE = ("prospect", "sequence")


class SequenceStateWrite(Struct, frozen=True, kw_only=True):
    """It has no writable attribute."""


async def create(call: Call[Transaction]) -> Answer:
    """Tasks are assigned to the caller."""
    sent = await read_sent(call, STATES, SequenceStateWrite, WRITABLE)
    prospect, sequence = sent.related.get("prospect"), sent.related.get("sequence")
    required({"/data/relationships/prospect": prospect, "/data/relationships/sequence": sequence})
    assert prospect is not None
    assert sequence is not None
    state = await enroll_contact(call.tx, call.caller, sequence_id=sequence.id, contact_id=prospect.id)
    return await show_now(call, STATES, state.id, status=201)


async def delete(call: Call[Transaction]) -> Answer:
    identifier, _ = await find(call, STATES, call.path["id"])
    await delete_state(call.tx, call.caller, state_id=identifier)
    return Answer(b"", 204)


def _acting(verb: Callable[..., Awaitable[Any]]) -> Handler:
    async def act(call: Call[Transaction]) -> Answer:
        identifier, _ = await find(call, STATES, call.path["id"])
        await verb(call.tx, call.caller, state_id=identifier)
        return await show_now(call, STATES, identifier)

    return act


ACTIONS = {
    "finish": _acting(finish_state),
    "pause": _acting(pause_state),
    "resume": _acting(resume_state),
}
