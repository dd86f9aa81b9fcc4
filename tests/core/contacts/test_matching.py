import pytest

from tests.core.contacts.attributes import definition_of
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.matching import LONGEST, matched_value
from touchbook.core.numbers import e164


@pytest.mark.parametrize(
    "text",
    [
        "(312) 555-0100",
        "312.555.0100",
        "312 555 0100",
        "3125550100",
        "1-312-555-0100",
        "+1 (312) 555-0100",
        "+13125550100",
        "tel:+1-312-555-0100",
        "(312) 555-0100 ext. 7",
        " 312 555 0100 ",
    ],
)
def test_one_number_in_many_notations(text: str) -> None:
    assert e164(text, "US") == "+13125550100"


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("020 7946 0958", "GB", "+442079460958"),
        ("00 44 20 7946 0958", "GB", "+442079460958"),
        ("+44 (0)20 7946 0958", "US", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("01 23 45 67 89", "FR", "+33123456789"),
        ("030 901820", "DE", "+4930901820"),
        ("+49 30 901820", "US", "+4930901820"),
        ("06 1234 5678", "IT", "+390612345678"),
    ],
)
def test_a_region_tells_the_country(text: str, region: str, number: str) -> None:
    assert e164(text, region) == number


@pytest.mark.parametrize("text", ["", "1", "+", "+1", "none", "call my office", "1" * 30, "+0123456", "☎"])
def test_what_is_no_number(text: str) -> None:
    assert e164(text, "US") is None


def test_what_is_no_number_is_compared_as_text() -> None:
    phone = definition_of("phone_number")
    assert matched_value(phone, Value(text="Ask ÉVA"), "US") == "ask eva"
    assert matched_value(phone, Value(text="020 7946 0958"), "ZZ") == "020 7946 0958"
    assert matched_value(phone, Value(text="020 7946 0958"), "GB") == "+442079460958"


@pytest.mark.parametrize(
    ("name", "matched"),
    [
        ("email", "éva@strasse.de"),
        ("first_name", "eva@strasse.de"),
        ("tag", "éva@strasse.de"),
        ("note", "eva@strasse.de"),
    ],
)
def test_texts_are_folded(name: str, matched: str) -> None:
    assert matched_value(definition_of(name), Value(text="  ÉVA@Straße.DE "), "US") == matched


def test_a_number_is_one_in_its_own_attribute_alone() -> None:
    assert matched_value(definition_of("note"), Value(text="(312) 555-0100"), "US") == "(312) 555-0100"


def test_no_longer_than_an_index_holds() -> None:
    for name in ("note", "phone_number"):
        assert len(matched_value(definition_of(name), Value(text="ﬃ" * 1000), "US") or "") == LONGEST


def test_only_texts_are_matched() -> None:
    assert matched_value(definition_of("address"), Value(address={"city": "Paris"}), "US") is None
