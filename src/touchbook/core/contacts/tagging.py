"""Renaming and deleting a team's tag changes the tag of its contacts, in the same few statements for
any number.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.deriving import searched_line
from touchbook.core.contacts.writing import write_words
from touchbook.core.events import record_each
from touchbook.core.folding import same
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
            where a.team_id = $1 and a.type = 'tag' and a.matched = $2 and a.deleted_at is null)
        order by c.id for no key update""",
        caller.team_id,
        same(tag),
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
    key, other = same(tag), None if to is None else same(to)
    spellings = [row["text"] for row in await tx.fetch(_SPELLINGS, team, ids, key)]
    several = {row["contact_id"]: row["times"] for row in await tx.fetch(_SEVERAL, team, ids, key)}
    await tx.execute(_KEEP_HISTORY, team, ids, key, other, to, tx.tick(), by, caller.surface)
    await tx.execute(_REMOVE, team, ids, key, other, tx.tick(), by)
    if to is not None:
        await tx.execute(_RENAME, team, ids, key, other, to, by)
    await tx.execute(_SHOW, team, ids, key, other, to, spellings, tx.tick(), by)
    for times in range(1, max(several.values(), default=1) + 1):
        some = ids if times == 1 else [each for each, count in several.items() if count >= times]
        await tx.execute(_SEARCH, team, some, searched_line(tag), None if to is None else searched_line(to))
    if to is not None:
        await write_words(tx, caller, [searched_line(to)])


_HELD = """a.team_id = $1 and a.contact_id = any($2::bigint[]) and a.type = 'tag' and a.matched = $3
    and a.deleted_at is null"""
# Renamed would be what the contact, or its partner, has already: the other tag, or this one in another spelling.
_TWICE = """exists (select from contact_attributes o where o.team_id = $1 and o.contact_id = a.contact_id
    and o.type = 'tag' and o.is_partner = a.is_partner and o.deleted_at is null
    and (o.matched = $4 and $4 <> $3 or o.matched = $3 and o.uid < a.uid))"""

_SPELLINGS = f"select distinct a.text from contact_attributes a where {_HELD}"
# A contact and its partner may both have it.
_SEVERAL = f"""select a.contact_id, count(*) as times from contact_attributes a where {_HELD}
    group by a.contact_id having count(*) > 1"""

_KEEP_HISTORY = f"""insert into contact_attribute_changes
        (team_id, attribute_uid, contact_id, at, actor_id, surface, was, became)
    select a.team_id, a.uid, a.contact_id, $6, $7, $8, jsonb_build_object('type', 'tag', 'text', a.text),
        case when $4::text is null or {_TWICE} then null
            else jsonb_build_object('type', 'tag', 'text', $5::text) end
    from contact_attributes a where {_HELD}"""
_REMOVE = f"""update contact_attributes a set deleted_at = $5, updated_at = $5, updated_by = $6
    where {_HELD} and ($4::text is null or {_TWICE})"""
_RENAME = f"""update contact_attributes a set text = $5, matched = $4, updated_by = $6 where {_HELD}"""


def _renamed(column: str) -> str:
    """Replace the texts that are spellings of the tag, or drop them; the new tag occurs once."""
    gone = f"""select u.text, u.n from unnest(c.{column}) with ordinality as u (text, n)
        where u.text <> all($6::text[])"""
    other = f"""select case when u.text = any($6::text[]) then $5 else u.text end, min(u.n)
        from unnest(c.{column}) with ordinality as u (text, n) group by 1"""
    return f"""case when $4::text is null or $4 = any(c.tag_keys) and $4 <> $3
        then array(select k.text from ({gone}) k order by k.n)
        else array(select k.text from ({other}) k (text, n) order by k.n) end"""


_SHOW = f"""update contacts c set tags = {_renamed("tags")}, tags_as_added = {_renamed("tags_as_added")},
        tag_keys = case when $4::text is null or $4 = any(c.tag_keys) and $4 <> $3
            then array_remove(c.tag_keys, $3) else array_replace(c.tag_keys, $3, $4) end,
        updated_at = $7, updated_by = $8, updated_for = 'direct_request'
    where c.team_id = $1 and c.id = any($2::bigint[])"""
# One line of the text is the tag's: it becomes the other, or goes.
_SEARCH = """update contact_texts x set folded = trim(both E'\\n' from overlay(
        E'\\n' || x.folded || E'\\n' placing coalesce(E'\\n' || $4::text || E'\\n', E'\\n')
        from position(E'\\n' || $3 || E'\\n' in E'\\n' || x.folded || E'\\n') for length($3) + 2))
    where x.team_id = $1 and x.contact_id = any($2::bigint[])
    and position(E'\\n' || $3 || E'\\n' in E'\\n' || x.folded || E'\\n') > 0"""
