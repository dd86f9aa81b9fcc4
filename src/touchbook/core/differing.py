"""The coarse-write rule, once for all dialects (rule 5).

A client sends back what it was shown, changed in one place. What arrives as it was shown changes nothing,
however coarse the showing: a cancelled task that reads as done stays cancelled when `done` comes back.
"""

from collections.abc import Mapping
from typing import Any


def differing(sent: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Those members of `sent` that `shown` has with another value; what is not shown at all is passed over."""
    return {name: value for name, value in sent.items() if name in shown and shown[name] != value}
