"""The coarse-write rule, once for all dialects (rule 5).

A client sends back what it was shown, changed in one place. What arrives as it was shown changes nothing,
however coarse the showing: a cancelled task that reads as done stays cancelled when `done` comes back.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec


def differing(sent: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Those members of `sent` that `shown` has with another value; what is not shown at all is passed over."""
    return {name: value for name, value in sent.items() if name in shown and shown[name] != value}


def canonical(json: str | None) -> bytes | None:
    """By which JSON is compared: Python holds 1 and true equal, and the store orders members in its own way."""
    return None if json is None else _encoder.encode(_decoder.decode(json))


_decoder: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")
