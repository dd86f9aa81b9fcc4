from touchbook.core.caller import Caller
from touchbook.core.contacts.tagging import hold_tagged, hurry_contacts, retag_contacts
from touchbook.core.errors import NotFound
from touchbook.core.events import record_event
from touchbook.core.tags.adding import check_tag
from touchbook.core.tags.queries import find_tag, lock_tag
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Transaction


async def rename_tag(tx: Transaction, caller: Caller, *, text: str, to: str) -> None:
    """On all that have it (RC-146); if there is a tag of that name, the two become that one."""
    check_tag(to)
    tag = await lock_tag(tx, caller, text)
    if to == text:
        return
    held = await hold_tagged(tx, caller, text)
    await retag_contacts(tx, caller, held, tag=text, to=to)
    try:
        other = await find_tag(tx, caller, to)
    except NotFound:
        await _write_text(tx, caller, tag, to)
    else:
        await drop_tag(tx, caller, tag, into=other.id)
        await hurry_contacts(tx, caller, held, tag=to, days=other.touch_freq)
        tag = other
    await record_event(tx, caller, "tag.updated", tag.id, text=to)


async def drop_tag(tx: Transaction, caller: Caller, tag: Tag, *, into: int | None) -> None:
    """Out of the collection; its tasks have the tag `into` in its place."""
    if into is not None:
        await tx.execute(
            """insert into task_tags (team_id, task_id, tag_id, position)
            select $1, l.task_id, $3, l.position from task_tags l where l.team_id = $1 and l.tag_id = $2
            on conflict (team_id, task_id, tag_id) do nothing""",
            caller.team_id,
            tag.id,
            into,
        )
    await tx.execute("delete from task_tags l where l.team_id = $1 and l.tag_id = $2", caller.team_id, tag.id)
    await tx.execute("delete from tags g where g.team_id = $1 and g.id = $2", caller.team_id, tag.id)


async def _write_text(tx: Transaction, caller: Caller, tag: Tag, text: str) -> None:
    await tx.execute(
        "update tags g set text = $3, updated_at = $4, updated_by = $5 where g.team_id = $1 and g.id = $2",
        caller.team_id,
        tag.id,
        text,
        tx.tick(),
        caller.user_id,
    )
