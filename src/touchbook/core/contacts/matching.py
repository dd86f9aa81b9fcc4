"""Values as comparisons take them: texts folded, phone numbers as E.164."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import phonenumbers

from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import Definition
from touchbook.core.folding import fold, same

# No longer than an index holds.
LONGEST = 200
_LONGEST_NUMBER = 64
_E164 = re.compile(r"\+[1-9]\d{6,14}")


def matched_value(definition: Definition, value: Value, region: str) -> str | None:
    """`region` is the team's, for phone numbers written without a country."""
    if value.text is None:
        return None
    if definition.name == "phone_number":
        return e164(value.text, region) or matched_text(value.text)
    return _MATCHED.get(definition.name, matched_text)(value.text)


def matched_text(text: str) -> str:
    return fold(text).strip()[:LONGEST]


def matched_email(text: str) -> str:
    return same(text)[:LONGEST]


# A tag fits an index whole. Whoever asks for another text may leave its accents out.
_MATCHED: Mapping[str, Callable[[str], str]] = {"tag": same, "email": matched_email}


def e164(text: str, region: str) -> str | None:
    """`(312) 555-0100` in US -> `+13125550100`; None for what is no phone number."""
    return _parsed(text, region) if len(text) <= _LONGEST_NUMBER else None


@lru_cache(maxsize=50_000)
def _parsed(text: str, region: str) -> str | None:
    if _E164.fullmatch(text):
        return text
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
