"""Counts the values of a body in its text, so that an oversized one is refused before it is parsed."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, inspect

from touchbook.core.errors import Malformed
from touchbook.http.fields import Wrong
from touchbook.http.wording import plain_words

MOST_VALUES = 500_000
# So few are read at once.
_FEW = 10_000
# One by one; more would take too much memory.
_COUNTABLE = 4 * MOST_VALUES
_TEXT = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"')
_elements = msgspec.json.Decoder(list[Raw])


def check_sizes(kind: type[Struct], body: bytes) -> None:
    """Wrong for each list that is longer than `kind` allows, or holds too many values; Malformed for a body that
    holds too many elsewhere. Invalid JSON passes here and is refused by the parser.
    """
    if body.count(b",") < _FEW:
        return
    try:
        members = _outline(kind).decode(body)
        found = {name: _problem(getattr(members, name), most) for name, most in _bounds(kind).items()}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    problems = {name: problem for name, problem in found.items() if problem}
    if problems:
        raise Wrong(problems)
    if _has_too_many(body):
        raise Malformed(f"The body has more than {MOST_VALUES:,} values.")


def _problem(part: Raw | UnsetType, most: int) -> str | None:
    text = b"" if part is UNSET else bytes(part)
    if not text.startswith(b"["):
        return None
    if text.count(b",") < _COUNTABLE and len(_elements.decode(text)) > most:
        return plain_words(f"Expected `array` of length <= {most}")
    return f" must have at most {MOST_VALUES:,} values" if _has_too_many(text) else None


def _has_too_many(text: bytes) -> bool:
    """Each comma outside of texts separates two values."""
    return text.count(b",") >= MOST_VALUES and _TEXT.sub(b"", text).count(b",") >= MOST_VALUES


@cache
def _outline(kind: type[Struct]) -> "msgspec.json.Decoder[Any]":
    """Decode lists only, each as its text."""
    members: Any = [(name, Raw | UnsetType, UNSET) for name in _bounds(kind)]
    return msgspec.json.Decoder(msgspec.defstruct("Outline", members))


@cache
def _bounds(kind: type[Struct]) -> dict[str, int]:
    described = inspect.type_info(kind)
    assert isinstance(described, inspect.StructType)
    return dict(bound for field in described.fields for bound in _bound(field.encode_name, field.type))


def _bound(name: str, kind: inspect.Type) -> Iterator[tuple[str, int]]:
    for each in kind.types if isinstance(kind, inspect.UnionType) else (kind,):
        plain = each.type if isinstance(each, inspect.Metadata) else each
        if isinstance(plain, inspect.ListType) and plain.max_length is not None:
            yield name, plain.max_length
