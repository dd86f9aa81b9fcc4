"""Renaming and deleting a team's tag changes the tag of its contacts, in the same few statements for
any number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.matching import matched_text
from touchbook.core.contacts.writing import write_words
from touchbook.core.events import record_each
from touchbook.core.folding import fold
from touchbook.core.transaction import Event, Transaction


async def rename_on_contacts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """A renamed tag is the same tag, so that the touch frequency of its contacts stays."""
    for event in events:
        if "text" in event.changes:
            was, text = event.record.text, event.changes["text"]
            changed = {"changed": [{"from": _tag(was), "to": _tag(text)}]}
            await _retag(tx, caller, was, text, changed)


async def merge_on_contacts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    for event in events:
        tag, other = event.record
        await _retag(tx, caller, tag.text, other.text, {"removed": [_tag(tag.text)], "added": [_tag(other.text)]})


async def delete_from_contacts(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    for event in events:
        await _retag(tx, caller, event.record.text, None, {"removed": [_tag(event.record.text)]})


async def lock_tagged(tx: Transaction, caller: Caller, tag: str) -> list[int]:
    """Lock the contacts that have the tag, for themselves or for their partner."""
    rows = await tx.fetch(
        """select c.id from contacts c where c.team_id = $1 and c.deleted_at is null and c.id in (
            select a.contact_id from contact_attributes a
            where a.team_id = $1 and a.type = 'tag' and a.matched = $3 and a.text = $2 and a.deleted_at is null)
        order by c.id for no key update""",
        caller.team_id,
        tag,
        matched_text(tag),
    )
    return [row["id"] for row in rows]


async def _retag(tx: Transaction, caller: Caller, tag: str, to: str | None, changed: Mapping[str, Any]) -> None:
    held = await lock_tagged(tx, caller, tag)
    await _write(tx, caller, held, tag=tag, to=to)
    await record_each(tx, caller, "contact.updated", {each: {"attributes": changed} for each in held})


def _tag(text: str) -> dict[str, str]:
    return {"type": "tag", "text": text}


async def _write(tx: Transaction, caller: Caller, contact_ids: Sequence[int], *, tag: str, to: str | None) -> None:
    """With `to` None the tag is removed. A contact that has both tags keeps one. The order of tags stays."""
    team, ids, by = caller.team_id, contact_ids, caller.user_id
    matched = None if to is None else matched_text(to)
    twice = [row["contact_id"] for row in await tx.fetch(_TWICE_HELD, team, ids, tag)]
    await tx.execute(_KEEP_HISTORY, team, ids, tag, to, tx.tick(), by, caller.surface)
    await tx.execute(_REMOVE, team, ids, tag, to, tx.tick(), by)
    await tx.execute(_RENAME, team, ids, tag, to, tx.tick(), by, matched)
    await tx.execute(_SHOW, team, ids, tag, to, tx.tick(), by)
    for some in (ids, twice):
        await tx.execute(_SEARCH, team, some, fold(tag), None if to is None else fold(to))
    if to is not None:
        await write_words(tx, caller, [fold(to)])


_HELD = """a.team_id = $1 and a.contact_id = any($2::bigint[]) and a.type = 'tag' and a.text = $3
    and a.deleted_at is null"""
# Renamed would be what the contact, or its partner, has already.
_TWICE = """exists (select from contact_attributes o where o.team_id = $1 and o.contact_id = a.contact_id
    and o.type = 'tag' and o.text = $4 and o.is_partner = a.is_partner and o.deleted_at is null)"""

# A contact and its partner may both have it.
_TWICE_HELD = f"""select a.contact_id from contact_attributes a where {_HELD}
    group by a.contact_id having count(*) > 1"""

_KEEP_HISTORY = f"""insert into contact_attribute_changes
        (team_id, attribute_uid, contact_id, at, actor_id, surface, was, became)
    select $1, a.uid, a.contact_id, $5, $6, $7, jsonb_build_object('type', 'tag', 'text', a.text),
        case when $4::text is null or {_TWICE} then null
            else jsonb_build_object('type', 'tag', 'text', $4::text) end
    from contact_attributes a where {_HELD}"""
_REMOVE = f"""update contact_attributes a set deleted_at = $5, updated_at = $5, updated_by = $6
    where {_HELD} and ($4::text is null or {_TWICE})"""
_RENAME = f"""update contact_attributes a set text = $4, matched = $7, updated_by = $6
    where {_HELD} and $4::text is not null and $5::timestamptz is not null"""
_SHOW = """update contacts c set tags = case when $4 = any(c.tags) or $4::text is null
            then array_remove(c.tags, $3) else array_replace(c.tags, $3, $4) end,
        tags_as_added = case when $4 = any(c.tags) or $4::text is null
            then array_remove(c.tags_as_added, $3) else array_replace(c.tags_as_added, $3, $4) end,
        updated_at = $5, updated_by = $6, updated_for = 'direct_request'
    where c.team_id = $1 and c.id = any($2::bigint[])"""
# One line of the text is the tag's: it becomes the other, or goes.
_SEARCH = """update contact_texts x set folded = trim(both E'\\n' from overlay(
        E'\\n' || x.folded || E'\\n' placing coalesce(E'\\n' || $4::text || E'\\n', E'\\n')
        from position(E'\\n' || $3 || E'\\n' in E'\\n' || x.folded || E'\\n') for length($3) + 2))
    where x.team_id = $1 and x.contact_id = any($2::bigint[])
    and position(E'\\n' || $3 || E'\\n' in E'\\n' || x.folded || E'\\n') > 0"""
