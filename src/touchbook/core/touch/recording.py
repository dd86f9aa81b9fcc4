"""Every activity but a note is a touch of its contact (2.5.15)."""

from collections.abc import Collection

from touchbook.core.activities.activity import Activity
from touchbook.core.caller import Caller
from touchbook.core.touch.tasks import end_touch_tasks
from touchbook.core.touch.touching import note_touches
from touchbook.core.transaction import Event, Transaction


async def record_touches(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """A touch completes the touch tasks of its contacts (RC-157)."""
    touches = _touches(events)
    for at in {touch.at for touch in touches}:
        contacts = {touch.contact_id for touch in touches if touch.at == at}
        await end_touch_tasks(tx, caller, contact_ids=contacts, at=at)
    await note_touches(tx, caller, {touch.contact_id for touch in touches})


async def withdraw_touches(tx: Transaction, caller: Caller, events: Collection[Event]) -> None:
    """The last touch becomes the one before."""
    await note_touches(tx, caller, {touch.contact_id for touch in _touches(events)})


def _touches(events: Collection[Event]) -> list[Activity]:
    return [event.record for event in events if event.record.kind != "note"]
