"""Finds the real changes in a request, for all dialects (rule 5).

A client often sends back what it was shown, with one change. A value equal to the shown one changes nothing,
however coarse the showing: a cancelled task that is shown as done stays cancelled when `done` comes back.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, Struct, structs


def differing(sent: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of `sent` that `shown` has with another value; members that are not shown are skipped."""
    return {name: value for name, value in sent.items() if name in shown and shown[name] != value}


def canonical(json: str | None) -> bytes | None:
    """Return a canonical form for comparing JSON:

    Python holds 1 and true equal, and the store reorders members.
    """
    return None if json is None else _encoder.encode(_decoder.decode(json))


_decoder: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", order="sorted")


def said(changes: Struct) -> dict[str, Any]:
    """Return the members that are not UNSET."""
    return {name: value for name, value in structs.asdict(changes).items() if value is not UNSET}
