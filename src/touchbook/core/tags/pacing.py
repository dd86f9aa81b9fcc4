from touchbook.core.caller import Caller
from touchbook.core.contacts.tagging import hold_tagged, hurry_contacts
from touchbook.core.events import record_event
from touchbook.core.tags.queries import lock_tag
from touchbook.core.transaction import Transaction


async def set_tag_frequency(tx: Transaction, caller: Caller, *, text: str, days: int | None) -> None:
    """Every so many days who has the tag wants a touch (RC-148, RC-149). NotFound for an unknown tag."""
    tag = await lock_tag(tx, caller, text)
    if tag.touch_freq == days:
        return
    held = await hold_tagged(tx, caller, text)
    await tx.execute(
        "update tags g set touch_freq = $3, updated_at = $4, updated_by = $5 where g.team_id = $1 and g.id = $2",
        caller.team_id,
        tag.id,
        days,
        tx.tick(),
        caller.user_id,
    )
    await hurry_contacts(tx, caller, held, tag=text, days=days)
    await record_event(tx, caller, "tag.updated", tag.id, touch_freq=days)
