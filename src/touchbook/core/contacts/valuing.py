"""Reads attribute values, and refuses values that the definition does not allow."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from touchbook.core.contacts.address import assemble_address
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import Definition
from touchbook.core.folding import same
from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.core.tags.tag import LONGEST_TAG

LONGEST_TEXT = 65_536
_MOST = Decimal(10) ** 30
# One address alone: no name before it, no second one after it.
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;]+")


class WrongValue(ValueError):
    """The message is a sentence that says what is wrong."""


def read_value(definition: Definition, given: Mapping[str, Any]) -> Value:
    """`given` has text, date, number, address; None counts as absent. Errors: WrongValue (RC-019, RC-176)."""
    wanted = definition.data_type
    for name, value in given.items():
        if name != wanted and value is not None:
            raise WrongValue(f"{definition.name} takes a {wanted}, not a {name}.")
    if given.get(wanted) is None:
        raise WrongValue(f"{definition.name} needs a {wanted}.")
    return Value(**{wanted: _READ[wanted](definition, given[wanted])})


def _read_text(definition: Definition, text: str) -> str:
    if not same(text):
        raise WrongValue(f"{definition.name} needs a text.")
    longest = LONGEST_TAG if definition.name == "tag" else LONGEST_TEXT
    if len(text) > longest:
        raise WrongValue(f"{definition.name} has at most {longest} characters.")
    if definition.enum_values and text not in definition.enum_values:
        raise WrongValue(f"{definition.name} must be one of {', '.join(definition.enum_values)}.")
    return _read_email(text) if definition.name == "email" else text


def _read_email(text: str) -> str:
    email = text.strip()
    if not _EMAIL.fullmatch(email):
        raise WrongValue(f'"{text}" is not an e-mail address.')
    return email


def _read_date(definition: Definition, day: date) -> date:
    if not is_in_range(day):
        raise WrongValue(f"{definition.name} must be a date {DATE_RANGE}.")
    return day


def _read_number(definition: Definition, number: float) -> Decimal:
    value = Decimal(str(number))
    if not value.is_finite() or abs(value) >= _MOST:
        raise WrongValue(f"{definition.name} has a number out of range.")
    return value


def _read_address(definition: Definition, parts: Mapping[str, str | None]) -> dict[str, str]:
    address = assemble_address(parts)
    if not address:
        raise WrongValue(f"{definition.name} needs a part that is not empty.")
    return address


_READ: Mapping[str, Any] = {
    "text": _read_text,
    "date": _read_date,
    "number": _read_number,
    "address": _read_address,
}


def read_filter_values(definition: Definition, given: Sequence[Any], operator: str) -> list[str | date | Decimal]:
    """Return the values that a filter compares with.

    Errors: WrongValue for values or operators that the definition does not support.
    """
    if operator in ("lte", "gte", "between") and definition.data_type == "text":
        raise WrongValue(f"{definition.name} does not support the operator {operator}.")
    if operator in ("any", "all"):
        if not given:
            raise WrongValue(f"{operator} takes a list of values.")
    elif len(given) != (2 if operator == "between" else 1):
        raise WrongValue(f"{operator} takes {'two values' if operator == 'between' else 'one value'}.")
    return [_read_compared(definition, value) for value in given]


def _read_compared(definition: Definition, given: Any) -> str | date | Decimal:
    """Addresses cannot be compared."""
    if definition.data_type == "text" and isinstance(given, str):
        return given
    if definition.data_type == "date" and isinstance(given, date):
        return given
    if definition.data_type == "number" and isinstance(given, (int, float)):
        return _read_number(definition, given)
    raise WrongValue(f'{definition.name} cannot be compared with "{given}".')
