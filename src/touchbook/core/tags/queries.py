from collections.abc import Collection

from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.folding import same
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Reader, Transaction

TAG_COLUMNS = ", ".join(f"g.{name}" for name in Tag.__struct_fields__)


async def find_tag(reader: Reader, caller: Caller, text: str) -> Tag:
    row = await reader.fetch_row(
        f"select {TAG_COLUMNS} from tags g where g.team_id = $1 and g.text_key = $2", caller.team_id, same(text)
    )
    if row is None:
        raise NotFound("tag", text)
    return Tag(*row)


async def lock_tag(tx: Transaction, caller: Caller, text: str) -> Tag:
    """Lock the tag: of two transactions that rename it, the second finds it gone."""
    row = await tx.fetch_row(
        f"select {TAG_COLUMNS} from tags g where g.team_id = $1 and g.text_key = $2 for update",
        caller.team_id,
        same(text),
    )
    if row is None:
        raise NotFound("tag", text)
    return Tag(*row)


async def touch_frequencies(reader: Reader, caller: Caller, keys: Collection[str]) -> dict[str, int]:
    """Return the days by key, of the tags that want a touch."""
    rows = await reader.fetch(
        """select g.text_key, g.touch_freq from tags g
        where g.team_id = $1 and g.text_key = any($2::text[]) and g.touch_freq is not null""",
        caller.team_id,
        list(keys),
    )
    return {row["text_key"]: row["touch_freq"] for row in rows}


async def list_tags(reader: Reader, caller: Caller) -> list[Tag]:
    """Return tags by code point (RC-140)."""
    rows = await reader.fetch(
        f"""select {TAG_COLUMNS} from tags g where g.team_id = $1 order by g.text collate "C" """, caller.team_id
    )
    return [Tag(*row) for row in rows]
