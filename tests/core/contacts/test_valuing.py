from datetime import date
from decimal import Decimal
from math import inf, nan
from typing import Any

import pytest

from tests.core.contacts.attributes import definition_of, own_definition
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import GLOBAL, DataType
from touchbook.core.contacts.valuing import LONGEST_TEXT, WrongValue, read_value
from touchbook.core.tags.tag import LONGEST_TAG

TYPES: tuple[DataType, ...] = ("text", "date", "number", "address")
SAMPLES: dict[str, Any] = {"text": "x", "date": date(1970, 1, 1), "number": 0, "address": {"city": "Paris"}}
READ = {
    "text": Value(text="x"),
    "date": Value(date=date(1970, 1, 1)),
    "number": Value(number=Decimal(0)),
    "address": Value(address={"city": "Paris", "line1": "", "line2": "Paris", "full": "Paris", "type": "stdaddr"}),
}


@pytest.mark.req("RC-019", "RC-176")
@pytest.mark.parametrize("data_type", TYPES)
@pytest.mark.parametrize("other", TYPES)
def test_each_type_takes_only_its_own(data_type: DataType, other: DataType) -> None:
    definition = own_definition(data_type=data_type)
    if other == data_type:
        nothing: dict[str, Any] = dict.fromkeys(map(str, TYPES))
        assert read_value(definition, nothing | {other: SAMPLES[other]}) == READ[data_type]
        return
    alone: dict[str, Any] = {other: SAMPLES[other]}
    for sent in (alone, {data_type: SAMPLES[data_type], **alone}):
        with pytest.raises(WrongValue, match=f"takes a {data_type}, not a {other}"):
            read_value(definition, sent)


@pytest.mark.parametrize("data_type", TYPES)
def test_nothing_is_no_value(data_type: DataType) -> None:
    definition = own_definition(data_type=data_type)
    nothing: list[dict[str, Any]] = [{}, {data_type: None}]
    for sent in nothing:
        with pytest.raises(WrongValue, match=f"needs a {data_type}"):
            read_value(definition, sent)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_a_date_out_of_range_is_refused(day: date) -> None:
    with pytest.raises(WrongValue, match="from 0001-01-02 to 9999-12-30"):
        read_value(definition_of("birthday"), {"date": day})


@pytest.mark.req("RC-176")
@pytest.mark.parametrize("number", [0, -1, 1.5, 0.1, 1e-7, 10**29, 123456789012345678901234567890])
def test_a_number_is_kept_to_the_digit(number: float) -> None:
    assert read_value(own_definition(data_type="number"), {"number": number}).number == Decimal(str(number))


@pytest.mark.parametrize("number", [nan, inf, -inf, 1e30, -1e30, 10**30, 10**400, -(10**400)])
def test_a_number_out_of_range_is_refused(number: float) -> None:
    with pytest.raises(WrongValue, match="out of range"):
        read_value(own_definition(data_type="number"), {"number": number})


@pytest.mark.req("RC-178")
def test_an_enum_takes_its_values_alone() -> None:
    title, own = definition_of("title"), own_definition(enum_values=["cat", "dog"])
    assert read_value(title, {"text": "Mrs."}).text == "Mrs."
    assert read_value(own, {"text": "dog"}).text == "dog"
    for definition, text in ((title, "mrs."), (title, "Duke"), (own, "Cat"), (own, "dog ")):
        with pytest.raises(WrongValue, match="must be one of"):
            read_value(definition, {"text": text})


@pytest.mark.parametrize("text", ["a@b", "Ann.O'Neil+x@example.co.uk", "ü@münchen.de", " a@example.com\t"])
def test_an_email_address_is_kept_as_written_without_blanks_around_it(text: str) -> None:
    assert read_value(definition_of("email"), {"text": text}).text == text.strip()


@pytest.mark.parametrize(
    "text",
    ["ann", "@example.com", "ann@", "ann smith@example.com", "a@exa mple.com", "@", "a@b@c", "a@b.de,c@d.de",
     "a@b.de; c@d.de", "<a@b.de>", "Ann <a@b.de>"],
)  # fmt: skip
def test_what_is_no_email_address_is_refused(text: str) -> None:
    with pytest.raises(WrongValue, match="not an e-mail address"):
        read_value(definition_of("email"), {"text": text})
    assert read_value(definition_of("note"), {"text": text}).text == text


@pytest.mark.parametrize(
    "definition", [one for one in GLOBAL if one.data_type == "text"], ids=lambda one: one.name
)
def test_blank_text_is_no_value(definition: Any) -> None:
    for text in ("", " ", "\t\n", "\u00a0"):
        with pytest.raises(WrongValue, match="needs a text"):
            read_value(definition, {"text": text})


def test_the_longest_texts() -> None:
    for name, longest in (("note", LONGEST_TEXT), ("tag", LONGEST_TAG)):
        assert read_value(definition_of(name), {"text": "x" * longest}).text
        with pytest.raises(WrongValue, match=f"at most {longest}"):
            read_value(definition_of(name), {"text": "x" * (longest + 1)})


@pytest.mark.parametrize("address", [{}, {"city": " "}, {"planet": "Earth"}, {"full": "1 Main"}])
def test_an_address_without_a_part_is_refused(address: dict[str, str]) -> None:
    with pytest.raises(WrongValue, match="needs a part"):
        read_value(definition_of("address"), {"address": address})
