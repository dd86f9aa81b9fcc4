from touchbook.core.caller import Caller
from touchbook.core.folding import same
from touchbook.core.refolding import SLICE, apart, last_of
from touchbook.core.tags.changing import merge_tags
from touchbook.core.tags.queries import TAG_COLUMNS
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Transaction


async def refold_tags(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Tags that are told apart no longer become the oldest of them, as if the others had been renamed to it."""
    rows = await tx.fetch(
        f"""select {TAG_COLUMNS}, g.text_key from tags g where g.team_id = $1 and g.id > $2
        order by g.id limit {SLICE} for update""",
        caller.team_id,
        after,
    )
    merged: set[int] = set()
    for *columns, key in rows:
        tag = Tag(*columns)
        # A tag that keeps its key is the only one with it.
        if tag.id not in merged and same(tag.text) != key:
            merged |= await _refold(tx, caller, tag)
    return last_of(rows)


async def _refold(tx: Transaction, caller: Caller, tag: Tag) -> set[int]:
    """Write the key of a tag, older than all that are not refolded yet. Return the tags that are no more."""
    key = same(tag.text)
    holder = await _lock_holder(tx, caller, key)
    if holder is None:
        await _write_key(tx, caller, tag, key)
        return set()
    if same(holder.text) != key:
        # Its key is of the old fold, and gives way until its own turn comes.
        await _write_key(tx, caller, holder, apart(key, holder.id))
        await _write_key(tx, caller, tag, key)
        return set()
    older, younger = sorted((tag, holder), key=lambda each: each.id)
    await merge_tags(tx, caller, younger, older)
    await _write_key(tx, caller, older, key)
    return {younger.id}


async def _lock_holder(tx: Transaction, caller: Caller, key: str) -> Tag | None:
    row = await tx.fetch_row(
        f"select {TAG_COLUMNS} from tags g where g.team_id = $1 and g.text_key = $2 for update",
        caller.team_id,
        key,
    )
    return None if row is None else Tag(*row)


async def _write_key(tx: Transaction, caller: Caller, tag: Tag, key: str) -> None:
    await tx.execute(
        "update tags g set text_key = $3 where g.team_id = $1 and g.id = $2", caller.team_id, tag.id, key
    )
