"""Phone numbers, as people of a team's region write and dial them.

At home with or without the trunk prefix, from abroad by a country code, with or without an extension.
"""

import re
from functools import lru_cache

import phonenumbers

from touchbook.core.errors import Invalid
from touchbook.core.folding import digits_of, fold

LONGEST_NUMBER = 64
FEWEST_DIGITS = 3
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_EXTENSION = r"(?:;?ext(?:ension|n)?[.=:]?|x|#|~|доб\.?)"
# As it is folded: each hyphen is `-`. A tilde is a hyphen to some, a star is dialled. Blanks are one: many could
# be divided in so many ways among the places where some may be that a search for two digits took a minute.
_WRITTEN = re.compile(rf"(?:tel:)?[\d+()./ ~*-]+(?:,? ?{_EXTENSION} ?[\d-]{{1,9}}#?)?")
_EXTENDED = re.compile(rf" ?,? ?{_EXTENSION} ?[\d-]{{1,9}}#?$")
# What is dialled before a country code in most countries, and in those of +1, wherever the caller happens to be.
_ABROAD = ("00", "011")


def is_number(text: str) -> bool:
    """Nothing but a number, in whatever notation, or a part of one."""
    written = _written(text)
    return bool(_WRITTEN.fullmatch(written)) and len(digits_of(written)) >= FEWEST_DIGITS


def e164(text: str, region: str) -> str | None:
    """`(312) 555-0100` in US -> `+13125550100`; None for what is no phone number."""
    return _parsed(text, region) if len(text) <= LONGEST_NUMBER else None


def number_forms(text: str, region: str) -> tuple[str, ...]:
    """Digits of which some stand among those of each number that is meant: all that were written but an extension,
    which may be the last ones of a number; and those of the numbers that they dial, in `region` and abroad.
    """
    written = _written(text)
    digits = _digits_without_extension(written)
    abroad = _read_abroad(written) if len(text) <= LONGEST_NUMBER else None
    forms = (digits, digits_of(e164(written, region) or ""), digits_of(_text_of(abroad) or ""))
    return tuple(dict.fromkeys(form for form in forms if len(form) >= FEWEST_DIGITS))


def _written(text: str) -> str:
    return " ".join(fold(text).split())


def _digits_without_extension(folded: str) -> str:
    return digits_of(_EXTENDED.sub("", folded))


def check_region(region: str) -> None:
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise Invalid({"region": [f'"{region}" is not a country code. Use a code like US.']})


@lru_cache(maxsize=50_000)
def _parsed(text: str, region: str) -> str | None:
    if _E164.fullmatch(text):
        return text
    number = _read(text, region)
    if number is None or not phonenumbers.is_valid_number(number):
        number = _read_abroad(text) or number
    return _text_of(number)


def _text_of(number: phonenumbers.PhoneNumber | None) -> str | None:
    return None if number is None else phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read(text: str, region: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def _read_abroad(text: str) -> phonenumbers.PhoneNumber | None:
    digits = _digits_without_extension(_written(text))
    for prefix in _ABROAD:
        number = _read(f"+{digits.removeprefix(prefix)}", "ZZ") if digits.startswith(prefix) else None
        if number is not None and phonenumbers.is_valid_number(number):
            return number
    return None
