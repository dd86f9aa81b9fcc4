from touchbook.core.caller import Caller
from touchbook.core.events import record_event
from touchbook.core.identity import new_uid
from touchbook.core.tags.queries import find_tag
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Transaction


async def add_tag(tx: Transaction, caller: Caller, *, text: str, touch_freq: int | None = None) -> Tag:
    """The team's tag of that text, made if it is new."""
    row = await tx.fetch_row(
        """insert into tags (team_id, uid, text, touch_freq, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6) on conflict (team_id, text) do nothing
        returning id, uid, text, touch_freq""",
        caller.team_id,
        new_uid(),
        text,
        touch_freq,
        caller.user_id,
        tx.tick(),
    )
    if row is None:
        return await find_tag(tx, caller, text)
    tag = Tag(**row)
    await record_event(tx, caller, "tag.added", subject="tag", subject_id=tag.id, changes={"text": text})
    return tag
