"""Contacts take over the rhythm of their tags."""

from collections.abc import Mapping, Sequence
from typing import Any

from touchbook.core.caller import Caller
from touchbook.core.contacts.tagging import hold_tagged
from touchbook.core.folding import same
from touchbook.core.touch.touching import inherit_touch, settle_touch
from touchbook.core.transaction import Event, Transaction


async def inherit_at_creation(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Contacts begin with the rhythm of their tags: that is part of their coming, and no change."""
    tagged = {event.subject_id: event.changes["tags"] for event in events if event.changes.get("tags")}
    await inherit_touch(tx, caller, {each: tags for each, tags in tagged.items() if each is not None}, tell=False)


async def inherit_from_new_tags(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """Contacts that were given a tag or lost one. A partner's tag hurries nobody (2.5.14)."""
    attached: dict[int, Sequence[str]] = {}
    for event in events:
        tags = _new_tags(event.changes)
        if tags is not None and event.subject_id is not None:
            attached[event.subject_id] = tags
    await inherit_touch(tx, caller, attached)


async def inherit_from_changed_tag(tx: Transaction, caller: Caller, events: Sequence[Event]) -> None:
    """A tag wants a touch every so many days: all that have it take that over if it is less (RC-148)."""
    for event in events:
        if "touch_freq" not in event.changes:
            continue
        held = await hold_tagged(tx, caller, event.record.text)
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
    """The tags that came; None where no tag came or went."""
    attributes = changes.get("attributes", {})
    came = [each["text"] for each in attributes.get("added", ()) if _is_own_tag(each)]
    went = any(_is_own_tag(each) for each in attributes.get("removed", ()))
    return came if came or went else None


def _is_own_tag(attribute: Mapping[str, Any]) -> bool:
    return attribute["type"] == "tag" and not attribute.get("is_partner", False)
