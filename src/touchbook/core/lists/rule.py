"""The stored rule of a live list. It refers to records by ids that never change."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from touchbook.core.caller import Caller
from touchbook.core.contacts.definition import Definition, Definitions
from touchbook.core.contacts.filtering import (
    MOST_VALUES,
    AttributeFilter,
    ContactFilter,
    Operator,
    Span,
    check_count,
)
from touchbook.core.contacts.queries import known_definitions
from touchbook.core.contacts.valuing import WrongValue, read_filter_values
from touchbook.core.errors import Invalid
from touchbook.core.teams.queries import user_ids_of
from touchbook.core.transaction import Reader

Text = Annotated[str, Meta(min_length=1, max_length=255)]
People = Annotated[list[UUID], Meta(max_length=1000)]
Instant = Annotated[datetime, Meta(tz=True)]


class RuleAttribute(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`attribute` is the name of a definition; a date is written as `2026-11-28`."""

    attribute: Text
    values: Annotated[
        list[Text | float],
        Meta(min_length=1, max_length=100, description=f"At most {MOST_VALUES} in all attributes of a rule"),
    ]
    operator: Operator = "eq"
    invert: bool = False


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """All conditions must match; users are given by uid."""

    search: Text | None = None
    letter: Text | None = None
    owners: People | None = None
    authors: People | None = None
    editors: People | None = None
    created_from: Instant | None = None
    created_to: Instant | None = None
    updated_from: Instant | None = None
    updated_to: Instant | None = None
    last_touch_from: Instant | None = None
    last_touch_to: Instant | None = None
    next_touch_from: Instant | None = None
    next_touch_to: Instant | None = None
    attributes: Annotated[list[RuleAttribute], Meta(max_length=20)] = []


async def filters_of(
    reader: Reader, caller: Caller, rules: Sequence[Rule], *, strict: bool = False
) -> list[ContactFilter]:
    """A user who left is skipped, and a rule with a deleted definition matches nobody; with `strict` both are
    Invalid.
    """
    if not rules:
        return []
    definitions = await known_definitions(reader, caller)
    people = {uid for rule in rules for uids in (rule.owners, rule.authors, rule.editors) for uid in uids or ()}
    users = await user_ids_of(reader, caller, people)
    if strict and people - users.keys():
        raise Invalid({"rule": [f"There is no user {uid}." for uid in sorted(people - users.keys())]})
    return [_filter(rule, definitions, users, strict=strict) for rule in rules]


def _filter(rule: Rule, definitions: Definitions, users: dict[UUID, int], *, strict: bool) -> ContactFilter:
    try:
        attributes = [_attribute(each, definitions) for each in rule.attributes]
        if strict:
            check_count(attributes)
    except WrongValue as wrong:
        if strict:
            raise Invalid({"rule": [str(wrong)]}) from wrong
        return ContactFilter(ids=[])
    return ContactFilter(
        search=rule.search,
        letter=rule.letter,
        owners=_ids(rule.owners, users),
        authors=_ids(rule.authors, users),
        editors=_ids(rule.editors, users),
        created=Span(rule.created_from, rule.created_to),
        updated=Span(rule.updated_from, rule.updated_to),
        last_touch=Span(rule.last_touch_from, rule.last_touch_to),
        next_touch=Span(rule.next_touch_from, rule.next_touch_to),
        attributes=attributes,
    )


def _attribute(requested: RuleAttribute, definitions: Definitions) -> AttributeFilter:
    definition = definitions.named(requested.attribute)
    if definition is None:
        raise WrongValue(f"There is no attribute {requested.attribute}.")
    dated = definition.data_type == "date"
    given = [_day(definition, value) if dated else value for value in requested.values]
    values = read_filter_values(definition, given, requested.operator)
    return AttributeFilter(definition, values, requested.operator, requested.invert)


def _day(definition: Definition, value: str | float) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as wrong:
        raise WrongValue(f"{definition.name} is compared with dates, as 2026-11-28.") from wrong


def _ids(uids: list[UUID] | None, users: dict[UUID, int]) -> list[int] | None:
    return None if uids is None else [users[uid] for uid in uids if uid in users]
