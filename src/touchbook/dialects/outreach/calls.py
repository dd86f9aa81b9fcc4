"""Log a call."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from touchbook.core.activities.recording import record_activity
from touchbook.core.differing import said
from touchbook.core.errors import Invalid
from touchbook.core.transaction import Transaction
from touchbook.dialects.outreach.errors import Refused
from touchbook.dialects.outreach.jsonapi.members import beside, split_members, taking_members
from touchbook.dialects.outreach.jsonapi.reading import show_now
from touchbook.dialects.outreach.jsonapi.writing import read_sent, required
from touchbook.dialects.outreach.resources.calls import CALLS, KEPT
from touchbook.dialects.outreach.times import NO_DATE, read_instant
from touchbook.dialects.outreach.wire import SentTime
from touchbook.http.call import Answer, Call

WRITABLE = ("prospect", "user")


class _CallWrite(Struct, frozen=True, kw_only=True, rename="camel"):
    completed_at: SentTime | UnsetType | None = UNSET
    direction: Literal["inbound", "outbound"] | UnsetType | None = UNSET
    note: Annotated[str, Meta(max_length=65_535)] | UnsetType | None = UNSET


CallWrite = taking_members(_CallWrite, KEPT)


async def create(call: Call[Transaction]) -> Answer:
    """A call was outbound and has just ended, unless it is said otherwise. It counts as a touch."""
    sent = await read_sent(call, CALLS, CallWrite, WRITABLE)
    prospect, user = sent.related.get("prospect"), sent.related.get("user")
    required({"/data/relationships/prospect": prospect})
    if user is not None and user.id != call.caller.user_id:
        raise Refused({"/data/relationships/user": "A call can be logged for the caller alone."})
    assert prospect is not None
    attributes = sent.attributes
    kept, _ = split_members(KEPT, said(attributes))
    try:
        [activity] = await record_activity(
            call.tx,
            call.caller,
            contact_ids=[prospect.id],
            kind="call",
            at=read_instant(attributes.completed_at) if attributes.completed_at else None,
            outgoing=attributes.direction != "inbound",
            body=attributes.note or None,
            foreign_members=beside(kept),
        )
    except Invalid as wrong:
        if "at" not in wrong.problems:
            raise
        raise Refused({"/data/attributes/completedAt": "This may not be in the future."}) from wrong
    except (ValueError, OverflowError):
        raise Refused({"/data/attributes/completedAt": NO_DATE}) from None
    return await show_now(call, CALLS, activity.id, status=201)
