"""Sends a statement about an array of one value as a statement about the value.

PostgreSQL keeps the plan of the latter. It takes an array whose length it does not know for ten values, so that
the kept plan looks dearer than one for the single value, and it plans the statement anew each time: longer than
most of them run.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

_COMPARISON = re.compile(r"= any\(\$(\d+)::(\w+)\[\]\)")
_PARAMETER = re.compile(r"\$(\d+)")


def narrow(sql: str, args: Sequence[Any]) -> tuple[str, Sequence[Any]]:
    singles = tuple(n for n, value in enumerate(args, 1) if isinstance(value, list | tuple) and len(value) == 1)
    if not singles:
        return sql, args
    narrowed, positions = _narrow_arrays(sql, singles)
    return narrowed, [value[0] if n in positions else value for n, value in enumerate(args, 1)]


@lru_cache(maxsize=4096)
def _narrow_arrays(sql: str, singles: tuple[int, ...]) -> tuple[str, frozenset[int]]:
    """Leave an array that the statement also uses in another way."""
    compared = [int(n) for n, _ in _COMPARISON.findall(sql)]
    mentioned = [int(n) for n in _PARAMETER.findall(sql)]
    positions = frozenset(n for n in singles if 0 < compared.count(n) == mentioned.count(n))

    def as_value(found: re.Match[str]) -> str:
        position, kind = found.groups()
        return f"= ${position}::{kind}" if int(position) in positions else found[0]

    return _COMPARISON.sub(as_value, sql), positions
