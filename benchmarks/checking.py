"""Whether what data.sql has written is what Touchbook itself would have."""

import msgspec

from touchbook.core.caller import Caller
from touchbook.core.contacts.attribute import Attribute, Value
from touchbook.core.contacts.definition import GLOBAL
from touchbook.core.contacts.deriving import derive, searchable_text
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.queries import attributes_of
from touchbook.core.contacts.rows import DERIVED_TYPES
from touchbook.core.query.searching import meant_words
from touchbook.core.touch.touching import settle_touch
from touchbook.core.transaction import Transaction

_SAMPLE = 500
_KEPT = ", ".join(
    f"c.{name}" for name in (*DERIVED_TYPES, "touch_freq", "touch_every", "touch_since", "next_touch_at")
)


class WrongData(Exception):
    pass


async def check_sample(tx: Transaction, caller: Caller) -> None:
    """Contacts from all over, the one with 200 attributes among them. Errors: WrongData."""
    rows = await tx.fetch(
        f"""select c.id, {_KEPT}, x.folded from contacts c
        join contact_texts x on x.team_id = $1 and x.contact_id = c.id
        where c.team_id = $1
        and c.id % (select greatest(1, count(*) / $2) from contacts k where k.team_id = $1) < 3 order by c.id""",
        caller.team_id,
        _SAMPLE,
    )
    ids = [row["id"] for row in rows]
    held = await attributes_of(tx, caller, ids)
    for row in rows:
        attributes = held[row["id"]]
        derived = msgspec.to_builtins(derive(attributes))
        kept = {name: msgspec.to_builtins(row[name]) for name in DERIVED_TYPES}
        _compare(row["id"], kept, derived)
        _compare(row["id"], row["folded"], searchable_text(attributes, GLOBAL, derive(attributes)))
        for attribute in attributes:
            _compare(row["id"], attribute.matched, _matched(attribute, caller.region))
    words = await tx.fetch("select w.word from contact_words w where w.team_id = $1", caller.team_id)
    _compare(0, set(meant_words(row["folded"] for row in rows)) - {row["word"] for row in words}, set())
    if not any(len(attributes) == 200 for attributes in held.values()):
        raise WrongData("No contact has 200 attributes.")
    await _check_touch(tx, caller, ids)


def _matched(attribute: Attribute, region: str) -> str | None:
    definition = GLOBAL.named(attribute.type)
    assert definition is not None
    return matched_value(definition, Value(text=attribute.text), region)


async def _check_touch(tx: Transaction, caller: Caller, ids: list[int]) -> None:
    """Nothing follows for them that is not there already."""
    sql = f"select c.id, {_KEPT} from contacts c where c.team_id = $1 and c.id = any($2::bigint[]) order by c.id"
    before = await tx.fetch(sql, caller.team_id, ids)
    await settle_touch(tx, caller, ids)
    for was, now in zip(before, await tx.fetch(sql, caller.team_id, ids), strict=True):
        _compare(was["id"], tuple(was), tuple(now))


def _compare(contact: int, found: object, wanted: object) -> None:
    if found != wanted:
        raise WrongData(f"Contact {contact} has {found}, and should have {wanted}.")
