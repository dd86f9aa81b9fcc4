"""How the attributes of one contact change: the rules of singular, primary and required, without a database."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal, Value
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.differing import differing
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.identity import new_uid

_HOME = "Home"


class Hand(Struct, frozen=True):
    """Who changes, when, and where the team's phone numbers are from."""

    user_id: int
    tick: Callable[[], datetime]
    region: str


class Outcome(Struct, frozen=True):
    """What became of the attributes of one contact. `changed`: as each was, as each is.

    `meant` are those that the changes spoke of, in their order, as they are now.
    """

    left: list[Attribute]
    meant: list[Attribute]
    added: list[Attribute]
    changed: list[tuple[Attribute, Attribute]]
    removed: list[Attribute]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


def apply_changes(
    contact_id: int, before: Sequence[Attribute], changes: Sequence[Change], definitions: Definitions, hand: Hand
) -> Outcome:
    """In the order of `changes`. NotFound for an attribute that is not this contact's (RC-066)."""
    left = {attribute.uid: attribute for attribute in before}
    marked: dict[UUID, str] = {}
    meant: list[UUID] = []
    for change in changes:
        if isinstance(change, Removal):
            del left[_find(left, change.uid).uid]
            continue
        attribute = _changed(contact_id, left, change, definitions, hand)
        was = left.get(attribute.uid)
        if attribute.is_primary and not (was and was.is_primary):
            marked[attribute.uid] = attribute.type
        _put(left, attribute, definitions)
        meant.append(attribute.uid)
    _settle_primaries(left, marked)
    return _outcome(before, left, dict.fromkeys(meant))


def check_required(outcome: Outcome, definitions: Definitions, *, new: bool) -> None:
    """A new contact has every required one; of another the last may not be taken away (RC-177)."""
    have = {attribute.type for attribute in outcome.left}
    lost = {attribute.type for attribute in outcome.removed}
    for definition in definitions.required:
        if definition.name not in have and (new or definition.name in lost):
            raise Invalid({definition.name: [f"{definition.label} is required."]})


def _find(left: Mapping[UUID, Attribute], uid: UUID) -> Attribute:
    if uid not in left:
        raise NotFound("contact attribute", uid)
    return left[uid]


def _changed(
    contact_id: int,
    left: Mapping[UUID, Attribute],
    change: NewAttribute | AttributeEdit,
    definitions: Definitions,
    hand: Hand,
) -> Attribute:
    if isinstance(change, AttributeEdit):
        return _edited(_find(left, change.uid), change, definitions, hand)
    return _same_tag(left, change) or _made(contact_id, change, hand)


def _edited(attribute: Attribute, edit: AttributeEdit, definitions: Definitions, hand: Hand) -> Attribute:
    """What arrives as it is changes nothing (rule 5), so that a whole contact can be sent back (RC-065)."""
    wished: dict[str, Any] = {
        name: getattr(edit, name)
        for name in ("label", "index", "is_primary", "is_partner")
        if getattr(edit, name) is not UNSET
    }
    wished |= _value_of(attribute, edit, definitions)
    changes = differing(wished, msgspec.structs.asdict(attribute))
    if not changes and not edit.moved:
        return attribute
    if changes.keys() & {"text"}:
        definition = definitions.named(attribute.type)
        assert definition is not None
        changes["matched"] = matched_value(definition, Value(text=changes["text"]), hand.region)
    return msgspec.structs.replace(attribute, **changes, updated_by=hand.user_id, updated_at=hand.tick())


def _value_of(attribute: Attribute, edit: AttributeEdit, definitions: Definitions) -> dict[str, Any]:
    if all(part is None for part in edit.given.values()):
        return {}
    definition = definitions.named(attribute.type)
    assert definition is not None
    try:
        return msgspec.structs.asdict(read_value(definition, edit.given))
    except WrongValue as wrong:
        raise Invalid({definition.name: [str(wrong)]}) from wrong


def _made(contact_id: int, new: NewAttribute, hand: Hand) -> Attribute:
    definition, value, instant = new.definition, new.value, hand.tick()
    return Attribute(
        uid=new_uid(),
        contact_id=contact_id,
        type=definition.name,
        definition_id=definition.id,
        **msgspec.structs.asdict(value),
        label=_HOME if definition.data_type == "address" and new.label is None else new.label,
        index=new.index,
        is_primary=new.is_primary,
        is_partner=new.is_partner,
        matched=matched_value(definition, value, hand.region),
        created_by=hand.user_id,
        updated_by=None,
        created_at=instant,
        updated_at=instant,
    )


def _same_tag(left: Mapping[UUID, Attribute], new: NewAttribute) -> Attribute | None:
    """To tag what has the tag is to leave it so."""
    if new.definition.name != "tag":
        return None
    wished = ("tag", new.value.text, new.is_partner)
    return next((tag for tag in left.values() if (tag.type, tag.text, tag.is_partner) == wished), None)


def _put(left: dict[UUID, Attribute], attribute: Attribute, definitions: Definitions) -> None:
    """Of a singular definition, and of a tag, there is one for the contact and one for the partner; the last
    stays (A-13).
    """
    definition = definitions.named(attribute.type)
    singular = definition is not None and definition.singular
    for other in list(left.values()):
        if other.uid == attribute.uid or (other.type, other.is_partner) != (attribute.type, attribute.is_partner):
            continue
        if singular or (attribute.type == "tag" and other.text == attribute.text):
            del left[other.uid]
    left[attribute.uid] = attribute


def _settle_primaries(left: dict[UUID, Attribute], marked: Mapping[UUID, str]) -> None:
    """One primary a type, the partner's counted in: the new one unmarks the old, two at once are none (A-09).

    What is unmarked was not changed by anyone: its `updated_at` and `updated_by` stay (RC-051).
    """
    standing = {uid: kind for uid, kind in marked.items() if uid in left and left[uid].is_primary}
    marks = Counter(standing.values())
    crowned = {kind: uid for uid, kind in standing.items() if marks[kind] == 1}
    for uid, attribute in left.items():
        cancelled = uid in standing and marks[attribute.type] > 1
        if attribute.is_primary and (cancelled or crowned.get(attribute.type, uid) != uid):
            left[uid] = msgspec.structs.replace(attribute, is_primary=False)


def _outcome(before: Sequence[Attribute], left: Mapping[UUID, Attribute], meant: Iterable[UUID]) -> Outcome:
    was = {attribute.uid: attribute for attribute in before}
    return Outcome(
        left=sorted(left.values(), key=lambda attribute: (attribute.created_at, attribute.uid)),
        meant=[left[uid] for uid in meant if uid in left],
        added=[attribute for uid, attribute in left.items() if uid not in was],
        changed=[(was[uid], now) for uid, now in left.items() if uid in was and was[uid] != now],
        removed=[attribute for uid, attribute in was.items() if uid not in left],
    )
