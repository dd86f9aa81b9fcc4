"""JSON that is kept for others: each number comes back as one equal to it, to whoever reads it as text, float or
decimal. PostgreSQL keeps all digits of a number, but 1e22 it would show as an integer.
"""

from decimal import Decimal
from math import isinf
from typing import Any

import msgspec
from msgspec import Raw

from touchbook.core.errors import Malformed

# Beyond it there are numbers that no float can be near to.
LARGEST = 10**308
# Enough for every float, the smallest included.
_LONGEST = 400
# Of so few digits a float keeps each.
_SHORT = 15


def read_json(text: bytes | str) -> Any:
    """A fraction is a float, or a Decimal where a float would lose digits. Errors: msgspec.DecodeError."""
    return _decoder.decode(text)


def write_json(value: Any) -> str:
    """Fractions are written out: 1e22 as 10000000000000000000000.0. Malformed for one that is too long then."""
    return _encoder.encode(_written_out(value)).decode()


def _read_fraction(text: str) -> float | Decimal:
    number = float(text)
    if isinf(number):
        raise ValueError("Number out of range")
    if len(text) <= _SHORT and number:
        return number
    exact = Decimal(text)
    return number if Decimal(repr(number)) == exact else exact


def _written_out(value: Any) -> Any:
    if isinstance(value, (float, Decimal)):
        return Raw(_digits(value).encode())
    if isinstance(value, list):
        return [_written_out(part) for part in value]
    if isinstance(value, dict):
        return {name: _written_out(part) for name, part in value.items()}
    return value


def _digits(number: float | Decimal) -> str:
    exact = Decimal(repr(number)) if isinstance(number, float) else number
    if exact.adjusted() < -_LONGEST or len(text := format(exact, "f")) > _LONGEST:
        raise Malformed("The body has a number that is out of range.")
    return text if "." in text else f"{text}.0"


_decoder: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(float_hook=_read_fraction)
_encoder = msgspec.json.Encoder(decimal_format="number")
