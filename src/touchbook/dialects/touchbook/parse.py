"""Converts requests to calls of the core. Unknown members are refused."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct

from touchbook.core.errors import Invalid, NotFound
from touchbook.core.identity import read_uid
from touchbook.core.lists.rule import Rule
from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.dialects.kit.reading import read_members, read_query
from touchbook.dialects.touchbook.wire import Page
from touchbook.http.bodies import decode_object
from touchbook.http.call import Call
from touchbook.http.fields import names_of

Fields = TypeVar("Fields", bound=Struct)
Paging = TypeVar("Paging", bound=Page)


def record_uid(call: Call[Any], noun: str) -> UUID:
    """Read an id of the path. NotFound if it is no uid."""
    uid = read_uid(call.path["id"])
    if uid is None:
        raise NotFound(noun, call.path["id"])
    return uid


def page(call: Call[Any]) -> Page:
    return query(Page, call)


def query(kind: type[Paging], call: Call[Any]) -> Paging:
    return read_query(kind, call.query)


def body(kind: type[Fields], call: Call[Any]) -> Fields:
    return read_members(kind, decode_object(call.body))


def changes(kind: type[Fields], call: Call[Any], shown: Struct) -> Fields:
    """A read-only member is refused only if it differs from what is `shown` (the coarse-write rule)."""
    members = decode_object(call.body)
    now = msgspec.to_builtins(shown)
    fixed = now.keys() - names_of(kind)
    same = {name for name in members.keys() & fixed if _text(members[name]) == _text(now[name])}
    wrong = {name: [f"{name} cannot be changed."] for name in sorted((members.keys() & fixed) - same)}
    if wrong:
        raise Invalid(wrong)
    return read_members(kind, {name: value for name, value in members.items() if name not in same})


def check_instants(**instants: datetime | None) -> None:
    for name, instant in instants.items():
        if instant is not None and not is_in_range(instant):
            raise Invalid({name: [f"{name} must be a time {DATE_RANGE}."]})


def check_rule(rule: Rule) -> None:
    named = ((name, getattr(rule, name)) for name in rule.__struct_fields__)
    try:
        check_instants(**{name: value for name, value in named if isinstance(value, datetime)})
    except Invalid as wrong:
        raise Invalid({"rule": [str(wrong)]}) from wrong


def _text(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")
