"""JSON that is stored for clients keeps its numbers equal, however a client parses them.

PostgreSQL keeps all digits of a number, but would show 1e22 as an integer.
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
    """Return a fraction as float, or as Decimal where a float would lose digits. Errors: msgspec.DecodeError."""
    return _decoder.decode(text)


def write_json(value: Any) -> str:
    """Write fractions in full: 1e22 as 10000000000000000000000.0. Malformed if that is too long."""
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
