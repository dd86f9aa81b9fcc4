"""Contacts inherit the touch frequency of their tags."""

from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.tagging import lock_tagged
from touchbook.core.folding import same
from touchbook.core.touch.touching import hasten, inherit_touch, settle_touch
from touchbook.core.transaction import Event, Transaction


async def hasten_for_new(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """A new contact has the frequency of its tags from its creation on (contacts/starting.py)."""
    due = [event.record.id for event in events if event.record.next_touch_at]
    if due:
        await hasten(tx, caller, due)


async def inherit_from_new_tags(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Contacts with added or removed tags. A partner's tag has no effect (2.5.14)."""
    attached: dict[int, Sequence[str]] = {}
    for event in events:
        tags = _new_tags(event.changes)
        if tags is not None and event.subject_id is not None:
            attached[event.subject_id] = tags
    await inherit_touch(tx, caller, attached)


async def inherit_from_changed_tag(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """All contacts with the tag inherit its frequency if it is shorter than theirs (RC-148)."""
    for event in events:
        if "touch_freq" not in event.changes:
            continue
        held = await lock_tagged(tx, caller, event.record.text)
        tagged = await tx.fetch(
            """select c.id from contacts c where c.team_id = $1 and c.id = any($2::bigint[])
            and $3 = any(c.tag_keys)""",
            caller.team_id,
            held,
            same(event.record.text),
        )
        await inherit_touch(tx, caller, {row["id"]: [event.record.text] for row in tagged})
        await settle_touch(tx, caller, held)


def _new_tags(changes: Mapping[str, Any]) -> list[str] | None:
    """Return the added tags; None if no tag was added or removed."""
    attributes = changes.get("attributes", {})
    came = [each["text"] for each in attributes.get("added", ()) if _is_own_tag(each)]
    went = any(_is_own_tag(each) for each in attributes.get("removed", ()))
    return came if came or went else None


def _is_own_tag(attribute: Mapping[str, Any]) -> bool:
    return attribute["type"] == "tag" and not attribute.get("is_partner", False)
