from collections.abc import Iterable, Sequence
from datetime import datetime

from touchbook.core.caller import Caller
from touchbook.core.events import record_each, record_event
from touchbook.core.folding import same
from touchbook.core.identity import new_uid
from touchbook.core.tags.changing import check_tag, set_tag_frequency
from touchbook.core.tags.queries import TAG_COLUMNS, find_tag
from touchbook.core.tags.tag import Tag
from touchbook.core.transaction import Event, Transaction

# What a new team has, in this order (RC-141).
_STARTING = (("Warm", 30), ("Hot", 7), ("Past Client", 60), ("Seller", None), ("Agent", None), ("Buyer", None))


async def add_tag(tx: Transaction, caller: Caller, *, text: str, touch_freq: int | None = None) -> Tag:
    """Return the team's tag of that text in whatever case, created if it is new (RC-145).

    A given frequency replaces its own.
    """
    check_tag(text)
    row = await tx.fetch_row(
        f"""insert into tags as g (team_id, uid, text, text_key, touch_freq, created_by, created_at, updated_at)
        values ($1, $2, $3, $7, $4, $5, $6, $6)
        on conflict (team_id, text_key) do nothing returning {TAG_COLUMNS}""",
        caller.team_id,
        new_uid(),
        text,
        touch_freq,
        caller.user_id,
        tx.tick(),
        same(text),
    )
    if row is None:
        if touch_freq is not None:
            await set_tag_frequency(tx, caller, text=text, days=touch_freq)
        return await find_tag(tx, caller, text)
    tag = Tag(*row)
    await record_event(tx, caller, "tag.created", tag.id, text=text)
    return tag


async def collect_tags(tx: Transaction, caller: Caller, texts: Iterable[str]) -> None:
    """Add the tags of contacts to the team's collection (RC-142)."""
    # In the order of the keys, so that two requests that insert the same new tags do not deadlock.
    requested = dict(sorted({same(text): text for text in sorted(set(texts), reverse=True)}.items()))
    if not requested:
        return
    rows = await tx.fetch(
        """insert into tags as g (team_id, uid, text, text_key, created_by, created_at, updated_at)
        select $1, n.uid, n.text, n.key, $4, n.at, n.at
        from unnest($2::uuid[], $3::text[], $5::timestamptz[], $6::text[]) as n (uid, text, at, key)
        on conflict (team_id, text_key) do nothing returning g.id, g.text""",
        caller.team_id,
        [new_uid() for _ in requested],
        list(requested.values()),
        caller.user_id,
        [tx.tick() for _ in requested],
        list(requested),
    )
    told = {row["id"]: {"text": row["text"]} for row in rows}
    await record_each(tx, caller, "tag.created", told)


async def start_collection(tx: Transaction, caller: Caller, _events: Sequence[Event]) -> None:
    """Create the default tags of a new team (RC-141)."""
    instants: list[datetime] = [tx.tick() for _ in _STARTING]
    await tx.execute(
        """insert into tags (team_id, uid, text, text_key, touch_freq, created_at, updated_at)
        select $1, n.uid, n.text, n.key, n.days, n.at, n.at
        from unnest($2::uuid[], $3::text[], $4::integer[], $5::timestamptz[], $6::text[])
            as n (uid, text, days, at, key)""",
        caller.team_id,
        [new_uid() for _ in _STARTING],
        [text for text, _ in _STARTING],
        [days for _, days in _STARTING],
        instants,
        [same(text) for text, _ in _STARTING],
    )
