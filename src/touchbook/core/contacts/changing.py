"""The rules by which one contact's attributes change: singular, primary, required. No database is involved."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.contacts.address import assemble_address
from touchbook.core.contacts.attribute import Attribute, AttributeEdit, Change, NewAttribute, Removal, Value
from touchbook.core.contacts.definition import Definitions
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.valuing import WrongValue, read_value
from touchbook.core.differing import differing
from touchbook.core.errors import Invalid, NotFound
from touchbook.core.folding import same
from touchbook.core.identity import new_uid

MOST_ATTRIBUTES = 1000
_HOME = "Home"


class Editor(Struct, frozen=True):
    """The user who changes, the instant, and the team's region for phone numbers."""

    user_id: int
    tick: Callable[[], datetime]
    region: str


class Outcome(Struct, frozen=True):
    """The result for the attributes of one contact.

    `changed` pairs each attribute before and after. `meant` are the attributes that the changes addressed, in that
    order, as they are afterwards.
    """

    left: list[Attribute]
    meant: list[Attribute]
    added: list[Attribute]
    changed: list[tuple[Attribute, Attribute]]
    removed: list[Attribute]

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    @property
    def written(self) -> list[Attribute]:
        return [*self.added, *(after for _, after in self.changed)]

    @property
    def touched(self) -> list[Attribute]:
        """Return those that were written or removed, changed ones as they were and as they are."""
        return [*self.written, *(before for before, _ in self.changed), *self.removed]


class TooManyAttributes(Invalid):
    def __init__(self) -> None:
        super().__init__({"attributes": [f"A contact has at most {MOST_ATTRIBUTES:,} attributes."]})


class _AttributeSet:
    """The attributes of one contact while changes are applied, in order of creation.

    A singular definition has one value for the contact and one for the partner, and so has each tag (A-13).
    `_alone` maps such a slot to its attribute, so that a change costs the same with any number of them. Attributes
    go by the number of their uid, whose hash is not computed in Python.
    """

    def __init__(self, before: Sequence[Attribute], definitions: Definitions) -> None:
        self.all = {attribute.uid.int: attribute for attribute in before}
        self._definitions = definitions
        self._alone: dict[Hashable, dict[int, None]] = defaultdict(dict)
        for attribute in before:
            self._alone[self._slot(attribute)][attribute.uid.int] = None
        self._alone.pop(None, None)

    def find(self, uid: UUID) -> Attribute:
        if uid.int not in self.all:
            raise NotFound("contact attribute", uid)
        return self.all[uid.int]

    def same_tag(self, new: NewAttribute) -> Attribute | None:
        """Return the tag if the contact has it already; adding it again is no change."""
        if new.definition.name != "tag":
            return None
        return next((self.all[uid] for uid in self._alone.get(_slot_of_tag(new.value.text, new), ())), None)

    def extended_by(self, new: NewAttribute) -> Attribute | None:
        """Return the address to which `new` adds its parts: that of its index, label and person."""
        for each in self.all.values():
            same_place = (each.index, each.is_partner) == (new.index, new.is_partner)
            if each.type == "address" and same_place and new.label in (None, each.label):
                return each
        return None

    def remove(self, uid: UUID) -> None:
        self._leave_slot(self.find(uid))
        del self.all[uid.int]

    def put(self, attribute: Attribute) -> None:
        """Store the attribute; of those that share a slot the last one stays."""
        number = attribute.uid.int
        if number in self.all:
            self._leave_slot(self.all[number])
        place = self._slot(attribute)
        if place is not None:
            for other in self._alone[place]:
                del self.all[other]
            self._alone[place] = {number: None}
        self.all[number] = attribute

    def _leave_slot(self, attribute: Attribute) -> None:
        place = self._slot(attribute)
        if place is not None:
            del self._alone[place][attribute.uid.int]

    def _slot(self, attribute: Attribute) -> Hashable:
        """Return the slot of an attribute that may exist only once, or None.

        Older data can hold several in one slot.
        """
        definition = self._definitions.named(attribute.type)
        if definition is not None and definition.singular:
            return attribute.type, attribute.is_partner
        return _slot_of_tag(attribute.text, attribute) if attribute.type == "tag" else None


def _slot_of_tag(text: str | None, tag: Attribute | NewAttribute) -> Hashable:
    return "tag", tag.is_partner, same(text or "")


def apply_changes(
    contact_id: int,
    before: Sequence[Attribute],
    changes: Sequence[Change],
    definitions: Definitions,
    editor: Editor,
) -> Outcome:
    """Apply `changes` in their order.

    NotFound for an attribute of another contact (RC-066); TooManyAttributes for one that exceeds the limit of a
    contact.
    """
    standing = _AttributeSet(before, definitions)
    marked: dict[int, str] = {}
    meant: list[int] = []
    for change in changes:
        if isinstance(change, Removal):
            standing.remove(change.uid)
            continue
        attribute = _changed(contact_id, standing, change, definitions, editor)
        number = attribute.uid.int
        was = standing.all.get(number)
        if attribute.is_primary and not (was and was.is_primary):
            marked[number] = attribute.type
        standing.put(attribute)
        meant.append(number)
    left = standing.all
    if len(left) > max(MOST_ATTRIBUTES, len(before)):
        raise TooManyAttributes
    _settle_primaries(left, marked)
    return _outcome(before, left, dict.fromkeys(meant))


def check_required(outcome: Outcome, definitions: Definitions, *, new: bool) -> None:
    """Check that a new contact has every required attribute, and that no change removes the last one (RC-177)."""
    have = {attribute.type for attribute in outcome.left}
    lost = {attribute.type for attribute in outcome.removed}
    for definition in definitions.required:
        if definition.name not in have and (new or definition.name in lost):
            raise Invalid({definition.name: [f"{definition.label} is required."]})


def _changed(
    contact_id: int,
    standing: _AttributeSet,
    change: NewAttribute | AttributeEdit,
    definitions: Definitions,
    editor: Editor,
) -> Attribute:
    if isinstance(change, AttributeEdit):
        return _edited(standing.find(change.uid), change, definitions, editor)
    held = standing.extended_by(change) if change.extends else None
    if held is not None:
        return _extended(held, change, editor)
    return standing.same_tag(change) or _made(contact_id, change, editor)


def _extended(held: Attribute, new: NewAttribute, editor: Editor) -> Attribute:
    address = assemble_address({**(held.address or {}), **(new.value.address or {})})
    if address == held.address:
        return held
    return msgspec.structs.replace(held, address=address, updated_by=editor.user_id, updated_at=editor.tick())


def _edited(attribute: Attribute, edit: AttributeEdit, definitions: Definitions, editor: Editor) -> Attribute:
    """A value that equals the present one is no change (rule 5), so that a client can send back a whole contact
    (RC-065).
    """
    requested: dict[str, Any] = {
        name: getattr(edit, name)
        for name in ("label", "index", "is_primary", "is_partner")
        if getattr(edit, name) is not UNSET
    }
    requested |= _value_of(attribute, edit, definitions)
    changes = differing(requested, msgspec.structs.asdict(attribute))
    if not changes and not edit.moved:
        return attribute
    if changes.keys() & {"text"}:
        definition = definitions.named(attribute.type)
        assert definition is not None
        changes["matched"] = matched_value(definition, Value(text=changes["text"]), editor.region)
    return msgspec.structs.replace(attribute, **changes, updated_by=editor.user_id, updated_at=editor.tick())


def _value_of(attribute: Attribute, edit: AttributeEdit, definitions: Definitions) -> dict[str, Any]:
    if all(part is None for part in edit.given.values()):
        return {}
    definition = definitions.named(attribute.type)
    assert definition is not None
    try:
        return msgspec.structs.asdict(read_value(definition, edit.given))
    except WrongValue as wrong:
        raise Invalid({definition.name: [str(wrong)]}) from wrong


def _made(contact_id: int, new: NewAttribute, editor: Editor) -> Attribute:
    definition, value, instant = new.definition, new.value, editor.tick()
    return Attribute(
        uid=new_uid(),
        contact_id=contact_id,
        type=definition.name,
        definition_id=definition.id,
        text=value.text,
        date=value.date,
        number=value.number,
        address=value.address,
        label=_HOME if definition.data_type == "address" and new.label is None else new.label,
        index=new.index,
        is_primary=new.is_primary,
        is_partner=new.is_partner,
        matched=matched_value(definition, value, editor.region),
        created_by=editor.user_id,
        created_at=instant,
        updated_at=instant,
    )


def _settle_primaries(left: dict[int, Attribute], marked: Mapping[int, str]) -> None:
    """Keep one primary per type, counting the partner's.

    The new primary clears the old one, and two in the same request clear each other (A-09). A cleared attribute
    keeps its `updated_at` and `updated_by` (RC-051).
    """
    if not marked:
        return
    standing = {uid: kind for uid, kind in marked.items() if uid in left and left[uid].is_primary}
    marks = Counter(standing.values())
    crowned = {kind: uid for uid, kind in standing.items() if marks[kind] == 1}
    for uid, attribute in left.items():
        cancelled = uid in standing and marks[attribute.type] > 1
        if attribute.is_primary and (cancelled or crowned.get(attribute.type, uid) != uid):
            left[uid] = msgspec.structs.replace(attribute, is_primary=False)


def _outcome(before: Sequence[Attribute], left: Mapping[int, Attribute], meant: Iterable[int]) -> Outcome:
    was = {attribute.uid.int: attribute for attribute in before}
    return Outcome(
        left=sorted(left.values(), key=lambda attribute: (attribute.created_at, attribute.uid)),
        meant=[left[uid] for uid in meant if uid in left],
        added=[attribute for uid, attribute in left.items() if uid not in was],
        changed=[(was[uid], now) for uid, now in left.items() if uid in was and was[uid] != now],
        removed=[attribute for uid, attribute in was.items() if uid not in left],
    )
