from touchbook.core.caller import Caller
from touchbook.core.errors import NotFound
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Reader


async def find_tag(reader: Reader, caller: Caller, text: str) -> Tag:
    row = await reader.fetch_row(
        "select id, uid, text, touch_freq from tags where team_id = $1 and text = $2", caller.team_id, text
    )
    if row is None:
        raise NotFound("tag", text)
    return Tag(**row)


async def list_tags(reader: Reader, caller: Caller) -> list[Tag]:
    """In the order in which they were made."""
    rows = await reader.fetch(
        "select id, uid, text, touch_freq from tags where team_id = $1 order by id", caller.team_id
    )
    return [Tag(**row) for row in rows]
