"""Placeholders such as {{contact.johnny}}: what names stand for, and where their values come from."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.conformance.rechat.matching import UUID, Difference, at

Bound = dict[str, Any]

_PLACEHOLDER = re.compile(r"\{\{([a-z0-9_.]+)\}\}")
_NOT_IDS = ("created.", "updated.", "def.")


class Unbound(Exception):
    """A placeholder that nothing has given a value to."""


def fill(value: Any, bound: Mapping[str, Any]) -> Any:
    """A placeholder that is the whole text keeps the type of its value."""
    if isinstance(value, dict):
        return {key: fill(item, bound) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, bound) for item in value]
    if not isinstance(value, str):
        return value
    whole = _PLACEHOLDER.fullmatch(value)
    return (
        _known(whole[1], bound) if whole else _PLACEHOLDER.sub(lambda found: str(_known(found[1], bound)), value)
    )


def bind(names: Mapping[str, str], answer: Any, bound: Bound) -> Iterator[Difference]:
    """Takes the values out of the answer; ids must be uuids, each of one thing alone."""
    for name, path in names.items():
        try:
            value = at(answer, path)
        except LookupError:
            yield Difference(path, f"something to call {name}", None)
            continue
        if not name.startswith(_NOT_IDS):
            yield from _check_id(name, path, value, bound)
        bound[name] = value


def _check_id(name: str, path: str, value: Any, bound: Bound) -> Iterator[Difference]:
    if not (isinstance(value, str) and UUID.fullmatch(value)):
        yield Difference(path, f"a uuid to call {name}", value)
    for other, known in bound.items():
        if other != name and known == value:
            yield Difference(path, f"an id for {name} alone", f"that of {other}")


def _known(name: str, bound: Mapping[str, Any]) -> Any:
    if name not in bound:
        raise Unbound(name)
    return bound[name]
