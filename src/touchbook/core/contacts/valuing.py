"""Reads what is given as an attribute's value, and refuses what its definition does not take."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import floor
from typing import Any

from touchbook.core.contacts.address import assemble_address
from touchbook.core.contacts.attribute import Value
from touchbook.core.contacts.definition import Definition
from touchbook.core.query.days import DATE_RANGE, is_in_range
from touchbook.core.tags.tag import LONGEST_TAG

LONGEST_TEXT = 65_536
_MOST = Decimal(10) ** 30


class WrongValue(ValueError):
    """A sentence that says what is wrong."""


def read_value(definition: Definition, given: Mapping[str, Any]) -> Value:
    """`given` has text, date, number, address; None counts as not given. Errors: WrongValue (RC-019, RC-176)."""
    wanted = definition.data_type
    for name in ("text", "date", "number", "address"):
        if name != wanted and given.get(name) is not None:
            raise WrongValue(f"{definition.name} takes a {wanted}, not a {name}.")
    if given.get(wanted) is None:
        raise WrongValue(f"{definition.name} needs a {wanted}.")
    return Value(**{wanted: _READ[wanted](definition, given[wanted])})


def _read_text(definition: Definition, text: str) -> str:
    if not text.strip():
        raise WrongValue(f"{definition.name} needs a text.")
    longest = LONGEST_TAG if definition.name == "tag" else LONGEST_TEXT
    if len(text) > longest:
        raise WrongValue(f"{definition.name} has at most {longest} characters.")
    if definition.enum_values and text not in definition.enum_values:
        raise WrongValue(f"{definition.name} must be one of {', '.join(definition.enum_values)}.")
    if definition.name == "email" and not _is_email(text):
        raise WrongValue(f"{text!r} is no e-mail address.")
    return text


def _is_email(text: str) -> bool:
    local, at, domain = text.strip().rpartition("@")
    return bool(at and local and domain) and not any(character.isspace() for character in text.strip())


def _read_date(definition: Definition, seconds: float | date) -> date:
    """Seconds since the epoch, floored to the UTC day (RC-024, RC-027); or the day itself."""
    try:
        day = seconds if isinstance(seconds, date) else datetime.fromtimestamp(floor(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        day = date.max
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
    """What a filter compares with. Errors: WrongValue, for values or an operator that the definition lacks."""
    if operator in ("lte", "gte", "between") and definition.data_type == "text":
        raise WrongValue(f"{definition.name} cannot be asked for with {operator}.")
    if operator in ("any", "all"):
        if not given:
            raise WrongValue(f"{operator} takes some values.")
    elif len(given) != (2 if operator == "between" else 1):
        raise WrongValue(f"{operator} takes {'two values' if operator == 'between' else 'one value'}.")
    return [_read_compared(definition, value) for value in given]


def _read_compared(definition: Definition, given: Any) -> str | date | Decimal:
    """An address cannot be asked for."""
    if definition.data_type == "text" and isinstance(given, str):
        return given
    if definition.data_type in ("date", "number") and isinstance(given, (int, float)):
        read: date | Decimal = _READ[definition.data_type](definition, given)
        return read
    raise WrongValue(f"{definition.name} cannot be compared with {given!r}.")
