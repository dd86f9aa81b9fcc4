"""Calls that were made or received."""

from msgspec import Struct
from msgspec.structs import replace

from touchbook.dialects.outreach.call_records import CALLS as SCHEMA
from touchbook.dialects.outreach.call_records import CallRecord
from touchbook.dialects.outreach.jsonapi.members import (
    FLAG,
    INSTANT,
    TEXT,
    TEXTS,
    Members,
    columns_of,
    filters_by,
    kept_in,
    showing_members,
    text,
)
from touchbook.dialects.outreach.jsonapi.resource import OF_USER, TIMES, Resource, below, to_one
from touchbook.dialects.outreach.resources.sequences import OF_SEQUENCE
from touchbook.dialects.outreach.times import show_instant

KEPT: Members = {
    "answeredAt": INSTANT,
    "dialedAt": INSTANT,
    "externalVendor": TEXT,
    "from": TEXT,
    "outcome": TEXT,
    "recordingUrl": TEXT,
    "returnedAt": INSTANT,
    "sequenceAction": TEXT,
    "shouldRecordCall": FLAG,
    "tags": TEXTS,
    "to": TEXT,
    "userCallType": TEXT,
    "vendorCallId": text(63),
}


class _CallAttributes(Struct, frozen=True, kw_only=True, rename="camel"):
    """`note` is the subject or the content of the call."""

    completed_at: str
    created_at: str
    direction: str
    note: str | None
    updated_at: str


CallAttributes = showing_members(_CallAttributes, KEPT)


def _show(call: CallRecord) -> _CallAttributes:
    activity = call.activity
    return CallAttributes(
        completed_at=show_instant(activity.at),
        created_at=show_instant(activity.created_at),
        direction="outbound" if activity.outgoing else "inbound",
        note=activity.body or activity.subject,
        updated_at=show_instant(activity.updated_at),
        **kept_in(call.foreign_members),
    )


_TIMES = {"id": "id", "completedAt": "at", **TIMES}

CALLS = Resource(
    kind="call",
    path="/calls",
    schema=replace(SCHEMA, columns={**SCHEMA.columns, **columns_of("activities a", KEPT)}),
    attributes=CallAttributes,
    show=_show,
    relationships={
        "prospect": to_one("prospect", "activity.contact_id"),
        "sequence": to_one("sequence", "sequence_id"),
        "sequenceState": to_one("sequenceState", "sequence_state_id"),
        "sequenceStep": to_one("sequenceStep", "sequence_step_id"),
        "user": to_one("user", "activity.created_by"),
    },
    filters={
        **_TIMES,
        **filters_by(KEPT),
        **below("prospect", {"id": "id"}, through="contact"),
        **below("sequence", OF_SEQUENCE),
        **below("sequenceState", {"id": "id"}, through="state"),
        **below("sequenceStep", {"id": "id"}, through="step"),
        **below("task", {"id": "id"}),
        **below("user", OF_USER),
    },
    sorts=_TIMES,
    alias="activity",
    kept=KEPT,
    unkept=frozenset(
        {
            "callDisposition",
            "callPurpose",
            "opportunity",
            "outboundVoicemail",
            "phone",
            "phoneNumber",
            "sequence",
            "sequenceState",
            "sequenceStep",
            "task",
        }
    ),
)
