"""Attributes as they stand, and changes as they are asked for, without a database."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from touchbook.core.contacts.attribute import Attribute, Change, NewAttribute
from touchbook.core.contacts.changing import Editor, Outcome, apply_changes
from touchbook.core.contacts.definition import GLOBAL, Definition, Definitions
from touchbook.core.contacts.matching import matched_value
from touchbook.core.contacts.valuing import read_value
from touchbook.core.identity import new_uid

START = datetime(2026, 1, 1, tzinfo=UTC)
CONTACT, MAKER, EDITOR = 7, 1, 2
_seconds: Iterator[int] = count(1)


def definition_of(name: str) -> Definition:
    definition = GLOBAL.named(name)
    assert definition is not None
    return definition


def own_definition(name: str = "pet", **members: Any) -> Definition:
    required: dict[str, Any] = {"data_type": "text", "label": name.title(), "section": "Own", "singular": False}
    return Definition(uid=new_uid(), name=name, id=1, created_at=START, updated_at=START, **(required | members))


def given(definition: Definition, value: Any) -> dict[str, Any]:
    """As `read_value` takes it: the member of the definition's data type."""
    return {definition.data_type: value}


def new(definition: Definition | str, value: Any, **members: Any) -> NewAttribute:
    if isinstance(definition, str):
        definition = definition_of(definition)
    return NewAttribute(definition, read_value(definition, given(definition, value)), **members)


def held(name: str, value: Any, **members: Any) -> Attribute:
    """One that a contact has; the later made, the later changed, unless `members` say otherwise."""
    definition = definition_of(name)
    read = read_value(definition, given(definition, value))
    instant = START + timedelta(seconds=next(_seconds))
    about: dict[str, Any] = {
        "uid": new_uid(),
        "contact_id": CONTACT,
        "type": name,
        "definition_id": None,
        "text": read.text,
        "date": read.date,
        "number": read.number,
        "address": read.address,
        "label": None,
        "index": None,
        "is_primary": False,
        "is_partner": False,
        "matched": matched_value(definition, read, "US"),
        "created_by": MAKER,
        "updated_by": None,
        "created_at": instant,
        "updated_at": instant,
    }
    return Attribute(**(about | members))


def apply(before: Sequence[Attribute], *changes: Change, definitions: Definitions = GLOBAL) -> Outcome:
    """By EDITOR, later than anything that is there."""
    editor = Editor(EDITOR, lambda: START + timedelta(days=1, seconds=next(_seconds)), "US")
    return apply_changes(CONTACT, before, changes, definitions, editor)
