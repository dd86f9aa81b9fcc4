"""What a filter costs, counted in what the database has to join, and how many values filters may have."""

from decimal import Decimal
from typing import Any

import pytest

from tests.core.contacts.attributes import definition_of
from tests.people import Person
from touchbook.core.contacts.filtering import (
    EVERYONE,
    MOST_VALUES,
    AttributeFilter,
    ContactFilter,
    add_filter,
    check_count,
)
from touchbook.core.contacts.valuing import WrongValue
from touchbook.core.query.where import Where


def terms_of(alice: Person, *filters: AttributeFilter) -> tuple[int, int]:
    """How many terms stand beside those of a filter of everyone, and how many tables are looked through in all."""
    bare, where = (
        add_filter(Where(alice.caller.team_id), each, alice.caller.region)
        for each in (EVERYONE, ContactFilter(attributes=list(filters)))
    )
    return len(where.terms) - len(bare.terms), where.sql.count("from contact_attributes")


def notes(count: int, operator: Any = "all", **members: Any) -> AttributeFilter:
    values = [f"note {number}" for number in range(count)]
    return AttributeFilter(definition_of("note"), values, operator, **members)


@pytest.mark.parametrize("operator", ["eq", "any", "all"])
@pytest.mark.parametrize("count", [1, 2, 20, 50])
async def test_a_filter_is_one_term_however_many_values_it_has(alice: Person, operator: str, count: int) -> None:
    assert terms_of(alice, notes(count, operator)) == (1, 1)
    assert terms_of(alice, notes(count, operator, invert=True)) == (1, 1)


@pytest.mark.parametrize("operator", ["eq", "all"])
async def test_many_filters_are_few_terms(alice: Person, operator: str) -> None:
    filters = [notes(2, operator, invert=invert) for invert in (False, True) for _ in range(25)]
    some, tables = terms_of(alice, *filters)
    assert some == tables <= 10


async def test_values_are_counted_over_all_filters() -> None:
    full = [notes(MOST_VALUES - 1), AttributeFilter(definition_of("birthday"), [Decimal(1)], "gte")]
    check_count(full)
    with pytest.raises(WrongValue, match="at most 50 values"):
        check_count([*full, notes(1, "eq")])
