"""Every notation of a number finds it, in every region of the world."""

from collections.abc import Iterator

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat as Format
from phonenumbers import PhoneNumberType as Kind

from touchbook.core.errors import Invalid
from touchbook.core.folding import digits_of
from touchbook.core.numbers import check_region, e164, is_number, number_forms

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
# Where people dial 00, and where they dial 011.
ELSEWHERE = ("DE", "US")


def examples(region: str) -> Iterator[phonenumbers.PhoneNumber]:
    for kind in (Kind.FIXED_LINE, Kind.MOBILE):
        number = phonenumbers.example_number_for_type(region, kind)
        if number is not None:
            yield number


def notations(number: phonenumbers.PhoneNumber, region: str) -> Iterator[str]:
    """Of a number of the region: as it is dialled and written at home, and from elsewhere."""
    written = [
        phonenumbers.format_number(number, form)
        for form in (Format.E164, Format.INTERNATIONAL, Format.NATIONAL, Format.RFC3966)
    ]
    yield from written
    yield phonenumbers.national_significant_number(number)
    yield digits_of(written[0])
    yield digits_of(written[2])
    yield written[1].replace(" ", "-").replace("-", "\u2011")
    for extension in (" ext. 12", " x12", " #12", ", ext 12"):
        yield f"{written[2]}{extension}"
        yield f"{written[1]}{extension}"
    for other in (region, *ELSEWHERE):
        if phonenumbers.country_code_for_region(other) != number.country_code:
            yield phonenumbers.format_out_of_country_calling_number(number, other)


@pytest.mark.parametrize("region", REGIONS)
def test_each_notation_finds_the_number(region: str) -> None:
    missed = []
    for number in examples(region):
        kept = digits_of(phonenumbers.format_number(number, Format.E164))
        for typed in notations(number, region):
            if not is_number(typed) or not any(form in kept for form in number_forms(typed, region)):
                missed.append((kept, typed))
    assert missed == []


@pytest.mark.parametrize("region", REGIONS)
def test_in_each_notation_it_is_kept_as_one(region: str) -> None:
    """But for what is dialled at home alone: without its trunk prefix a number may be another one."""
    for number in examples(region):
        kept = phonenumbers.format_number(number, Format.E164)
        whole = phonenumbers.format_number(number, Format.INTERNATIONAL)
        for written in (kept, whole, phonenumbers.format_number(number, Format.NATIONAL), f"{whole} x12"):
            assert e164(written, region) == kept


@pytest.mark.parametrize("region", ["US", "DE", "JP", "AU"])
def test_a_number_of_elsewhere_is_dialled_from_the_region(region: str) -> None:
    for other in ("GB", "IT", "FR", "US", "DE", "MX", "BR"):
        number = next(examples(other))
        kept = phonenumbers.format_number(number, Format.E164)
        dialled = phonenumbers.format_out_of_country_calling_number(number, region)
        for typed in (dialled, f"00{kept[1:]}", f"011 {kept[1:]}", f"{dialled} ext. 7"):
            assert e164(typed, region) == kept, typed


@pytest.mark.parametrize("text", ["0100", "555-0100", "5550100", "312 555 0100"])
def test_last_digits_are_a_number(text: str) -> None:
    assert is_number(text)
    assert any("13125550100".endswith(form) for form in number_forms(text, "US"))


@pytest.mark.parametrize("text", ["12", "call 5550100", "x12", "", "a.bell", "5 elm street", "#"])
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)


@pytest.mark.parametrize("region", ["", "us", "USA", "ZZ", "UK", "001", "Germany"])
def test_a_region_must_be_one(region: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_region(region)
    assert refused.value.problems.keys() == {"region"}
