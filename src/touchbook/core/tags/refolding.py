from touchbook.core.caller import Caller
from touchbook.core.folding import same
from touchbook.core.refolding import SLICE, last_of
from touchbook.core.tags.changing import merge_tags
from touchbook.core.tags.queries import TAG_COLUMNS
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Transaction


async def refold_tags(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Tags that are told apart no longer become the oldest of them, as if one had been renamed to the other."""
    rows = await tx.fetch(
        f"""select {TAG_COLUMNS}, g.text_key from tags g where g.team_id = $1 and g.id > $2
        order by g.id limit {SLICE} for update""",
        caller.team_id,
        after,
    )
    for *columns, key in rows:
        tag = Tag(*columns)
        # A tag that keeps its key is the only one with it.
        if same(tag.text) == key:
            continue
        others = await tx.fetch(
            f"""select {TAG_COLUMNS} from tags g where g.team_id = $1 and g.text_key = $2 and g.id <> $3
            order by g.id for update""",
            caller.team_id,
            same(tag.text),
            tag.id,
        )
        if others:
            await merge_tags(tx, caller, tag, Tag(*others[0]))
            continue
        await tx.execute(
            "update tags g set text_key = $3 where g.team_id = $1 and g.id = $2",
            caller.team_id,
            tag.id,
            same(tag.text),
        )
    return last_of(rows)
