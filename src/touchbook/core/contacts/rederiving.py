"""Derives columns of contacts anew, for comparison, sorting and search. Their attributes stay as they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, Value
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.deriving import derive, searchable_text
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.queries import attributes_of, known_definitions
from touchbook.core.contacts.writing import write_texts
from touchbook.core.recordset import records, recordset
from touchbook.core.refolding import last_of
from touchbook.core.transaction import Transaction

_SLICE = 500
_KEYS = {"id": "bigint", "display_key": "text", "sort_key": "text", "tag_keys": "text[]"}


async def rederive_contacts(tx: Transaction, caller: Caller, after: int) -> int | None:
    """Derive contacts beyond the id `after` by the present fold and region, and return the last id."""
    rows = await tx.fetch(
        f"""select c.id from contacts c where c.team_id = $1 and c.id > $2 and c.deleted_at is null
        order by c.id limit {_SLICE} for no key update""",
        caller.team_id,
        after,
    )
    definitions = await known_definitions(tx, caller)
    held = await attributes_of(tx, caller, [row["id"] for row in rows])
    matched = {
        contact: [_matched(each, definitions, caller.region) for each in held.get(contact, ())]
        for contact in (row["id"] for row in rows)
    }
    await _write_matches(tx, caller, [each for some in held.values() for each in some], matched)
    derived = {contact: derive(attributes) for contact, attributes in matched.items()}
    keys = [{"id": contact, **msgspec.structs.asdict(each)} for contact, each in derived.items()]
    await tx.execute(
        f"""update contacts c set display_key = r.display_key, sort_key = r.sort_key, tag_keys = r.tag_keys
        from {recordset("$2", _KEYS)} where c.team_id = $1 and c.id = r.id
        and (c.display_key, c.sort_key, c.tag_keys) is distinct from (r.display_key, r.sort_key, r.tag_keys)""",
        caller.team_id,
        records(_KEYS, keys),
    )
    await write_texts(
        tx, caller, {each: searchable_text(matched[each], definitions, derived[each]) for each in matched}
    )
    return last_of(rows, _SLICE)


def _matched(attribute: Attribute, definitions: Definitions, region: str) -> Attribute:
    definition = definitions.named(attribute.type)
    if definition is None:
        return attribute
    return msgspec.structs.replace(
        attribute, matched=matched_value(definition, Value(text=attribute.text), region)
    )


async def _write_matches(
    tx: Transaction, caller: Caller, before: Sequence[Attribute], after: Mapping[int, Sequence[Attribute]]
) -> None:
    was = {attribute.uid: attribute.matched for attribute in before}
    changed: dict[Any, str | None] = {
        each.uid: each.matched for some in after.values() for each in some if was[each.uid] != each.matched
    }
    await tx.execute(
        """update contact_attributes a set matched = r.matched
        from unnest($2::uuid[], $3::text[]) as r (uid, matched) where a.team_id = $1 and a.uid = r.uid""",
        caller.team_id,
        list(changed),
        list(changed.values()),
    )
