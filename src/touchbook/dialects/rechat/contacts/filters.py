"""Reads the parameters of a list of contacts."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from touchbook.core.contacts.definition import Definition, Definitions
from touchbook.core.contacts.filtering import AttributeFilter, ContactFilter, ListMembers, Span, check_count
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_filter_values
from touchbook.core.errors import Invalid
from touchbook.core.lists.queries import lists_by_uid, members_of
from touchbook.core.teams.queries import user_ids_of
from touchbook.core.transaction import Reader
from touchbook.dialects.rechat import parse
from touchbook.dialects.rechat.contacts.bodies import FilterBody, FiltersBody
from touchbook.dialects.rechat.contacts.values import definition_of, read_day
from touchbook.dialects.rechat.times import read_seconds
from touchbook.http.call import Call

_SPANS = ("created", "updated", "last_touch", "next_touch")
_BOUND = re.compile(r"(\w+)_(gte|lte|gt|lt)")
_PEOPLE = {"users": "owners", "created_by": "authors", "updated_by": "editors"}


async def read_filter(call: Call[Reader], sent: FiltersBody) -> ContactFilter:
    """Combine query and body; EVERYONE without any filter. Invalid names an unknown filter or operator."""
    _refuse_unknown(call)
    bodies: Sequence[FilterBody] = [*(sent.filter or ()), *(sent.filters or ())]
    definitions = await known_definitions(call.tx, call.caller) if bodies else Definitions()
    return ContactFilter(
        search=parse.search(call),
        letter=call.query.get("alphabet") or None,
        tasks=parse.asked(call, "crm_task"),
        uids=parse.asked(call, "ids"),
        excludes=tuple(parse.asked(call, "excludes") or ()),
        attributes=_attributes(bodies, definitions, "filter" if sent.filter else "filters"),
        lists=await _lists(call),
        sequences=parse.asked(call, "flows"),
        **await _people(call),
        **_spans(call),
    )


def _refuse_unknown(call: Call[Reader]) -> None:
    for name in call.query.unknown:
        match = _BOUND.fullmatch(name)
        if match:
            raise Invalid({name: [f"There is no filter {name}."]})


def _spans(call: Call[Reader]) -> dict[str, Any]:
    return {name: Span(_bound(call, f"{name}_gte"), _bound(call, f"{name}_lte")) for name in _SPANS}


def _bound(call: Call[Reader], name: str) -> datetime | None:
    text = call.query.get(name)
    return read_seconds(name, text) if text else None


async def _people(call: Call[Reader]) -> dict[str, Any]:
    """An unknown user has no contacts."""
    asked = {name: parse.asked(call, name) for name in _PEOPLE}
    requested = {name: uids for name, uids in asked.items() if uids is not None}
    known = await user_ids_of(call.tx, call.caller, {uid for uids in requested.values() for uid in uids})
    return {_PEOPLE[name]: [known[uid] for uid in uids if uid in known] for name, uids in requested.items()}


async def _lists(call: Call[Reader]) -> list[ListMembers] | None:
    """Contacts must be in one of the lists; an unknown list is empty (RC-082)."""
    requested = parse.asked(call, "lists")
    if requested is None:
        return None
    return await members_of(call.tx, call.caller, await lists_by_uid(call.tx, call.caller, requested))


def _attributes(sent: Sequence[FilterBody], definitions: Definitions, name: str) -> tuple[AttributeFilter, ...]:
    read = [_attribute(each, definitions, f"filter.{number}") for number, each in enumerate(sent)]
    try:
        check_count(read)
    except WrongValue as many:
        raise Invalid({name: [str(many)]}) from many
    return tuple(read)


def _days(definition: Definition, values: Sequence[Any]) -> Sequence[Any]:
    """Dates are asked for in seconds, as they are shown."""
    if definition.data_type != "date":
        return values
    return [read_day(value, definition.name) if isinstance(value, (int, float)) else value for value in values]


def _attribute(sent: FilterBody, definitions: Definitions, place: str) -> AttributeFilter:
    operator = sent.operator or "eq"
    values = sent.value if isinstance(sent.value, list) else [sent.value]
    try:
        definition = definition_of(sent.attribute_def, sent.attribute_type, definitions)
        read = read_filter_values(definition, _days(definition, values), operator)
    except (Invalid, WrongValue) as wrong:
        raise Invalid({place: [str(wrong)]}) from wrong
    return AttributeFilter(definition, read, operator, invert=sent.invert is True)
