from touchbook.core.caller import Caller
from touchbook.core.contacts.tagging import hold_tagged, retag_contacts
from touchbook.core.events import record_event
from touchbook.core.tags.queries import lock_tag
from touchbook.core.tags.renaming import drop_tag
from touchbook.core.touch.touching import settle_touch
from touchbook.core.transaction import Transaction


async def delete_tag(tx: Transaction, caller: Caller, *, text: str) -> None:
    """From all that have it and from the collection (RC-150); the days they took over from it stay (A-29)."""
    tag = await lock_tag(tx, caller, text)
    held = await hold_tagged(tx, caller, text)
    await retag_contacts(tx, caller, held, tag=text, to=None)
    await drop_tag(tx, caller, tag, into=None)
    await settle_touch(tx, caller, held)
    await record_event(tx, caller, "tag.deleted", tag.id, text=text)
