"""Tags of the collection are changed, merged or deleted; records that have the tag follow (reactions.py)."""

from msgspec import structs

from touchbook.core.caller import Caller
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.events import record_events
from touchbook.core.folding import same
from touchbook.core.tags.queries import find_tag, lock_tag
from touchbook.core.tags.tag import LONGEST_TAG, Tag
from touchbook.core.transaction import Event, Transaction


async def set_tag_frequency(tx: Transaction, caller: Caller, *, text: str, days: int | None) -> None:
    """Set the touch frequency of contacts with the tag, in days (RC-148, RC-149). NotFound for an unknown tag."""
    tag = await lock_tag(tx, caller, text)
    await _write(tx, caller, tag, structs.replace(tag, touch_freq=days))


async def rename_tag(tx: Transaction, caller: Caller, *, text: str, to: str) -> None:
    """Rename a tag everywhere (RC-146); if another tag has that name, the two are merged."""
    check_tag(to)
    tag = await lock_tag(tx, caller, text)
    if to == tag.text:
        return
    other = None if same(to) == same(tag.text) else await _find(tx, caller, to)
    if other is None:
        await _write(tx, caller, tag, structs.replace(tag, text=to))
    else:
        await merge_tags(tx, caller, tag, other)


async def merge_tags(tx: Transaction, caller: Caller, tag: Tag, other: Tag) -> None:
    """All that have `tag` have `other` in its place. Both are held, or nobody else knows them."""
    merged = Event("tag.merged", tag.id, {"into": other.id, "text": other.text}, record=(tag, other))
    await record_events(tx, caller, [merged])
    await _delete(tx, caller, tag)


async def _find(tx: Transaction, caller: Caller, text: str) -> Tag | None:
    try:
        return await find_tag(tx, caller, text)
    except NotFound:
        return None


async def delete_tag(tx: Transaction, caller: Caller, *, text: str) -> None:
    """Delete the tag from the collection and from all contacts (RC-150).

    Frequencies that contacts got from it stay (A-29).
    """
    tag = await lock_tag(tx, caller, text)
    await record_events(tx, caller, [Event("tag.deleted", tag.id, {"text": tag.text}, record=tag)])
    await _delete(tx, caller, tag)


def check_tag(text: str) -> None:
    if not same(text) or len(text) > LONGEST_TAG:
        raise Invalid({"tag": [f"A tag must have 1 to {LONGEST_TAG} characters."]})


async def _write(tx: Transaction, caller: Caller, before: Tag, after: Tag) -> None:
    changes = {
        name: getattr(after, name)
        for name in ("text", "touch_freq")
        if getattr(after, name) != getattr(before, name)
    }
    if not changes:
        return
    await tx.execute(
        """update tags g set text = $3, touch_freq = $4, updated_at = $5, updated_by = $6, text_key = $7
        where g.team_id = $1 and g.id = $2""",
        caller.team_id,
        after.id,
        after.text,
        after.touch_freq,
        tx.tick(),
        caller.user_id,
        same(after.text),
    )
    await record_events(tx, caller, [Event("tag.updated", after.id, changes, record=before)])


async def _delete(tx: Transaction, caller: Caller, tag: Tag) -> None:
    """Delete the row of a tag that nothing has any more."""
    await tx.execute("delete from tags g where g.team_id = $1 and g.id = $2", caller.team_id, tag.id)
