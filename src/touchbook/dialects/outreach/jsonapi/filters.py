"""Reads `filter[...]` in both syntaxes.

The old one has values, lists `1,2`, ranges `5..10`, `neginf`, `inf`, `__null__`, `__notnull__`; with
`newFilterSyntax=true` there are also `filter[x][]=a` (taken literally) and `filter[x][gte]=5`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from touchbook.core.query.conditions import Condition, Range
from touchbook.core.query.days import DATE_RANGE
from touchbook.core.query.schema import Column
from touchbook.dialects.outreach.errors import BadParameter
from touchbook.dialects.outreach.jsonapi.resource import Resource
from touchbook.dialects.outreach.times import read_stretch
from touchbook.http.parameters import MOST_VALUES

_NAME = re.compile(r"filter((?:\[[^\[\]]*\])+)")
_PART = re.compile(r"\[([^\[\]]*)\]")
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,6})?", re.ASCII)
_OPERATORS = ("gte", "gt", "lte", "lt")
# Each is a term of its own, which the database has to plan for; values are one array.
_MOST_RANGES = 50


def read_filters(resource: Resource[Any], given: Mapping[str, Sequence[str]], *, new: bool) -> list[Condition]:
    conditions = [
        _condition(resource, name, values, new)
        for name, values in given.items()
        if name == "filter" or name.startswith("filter[")
    ]
    if sum(len(condition.ranges) for condition in conditions) > _MOST_RANGES:
        raise BadParameter("filter", f"All filters together have at most {_MOST_RANGES} ranges and days.")
    return conditions


def _condition(resource: Resource[Any], name: str, values: Sequence[str], new: bool) -> Condition:
    shape = _NAME.fullmatch(name)
    if shape is None:
        raise BadParameter(name, "A filter must be written as filter[name]=value.")
    asked, rest = _column(resource, name, _PART.findall(shape[1]))
    column = resource.schema.column(asked)
    words = resource.words.get(asked)
    if not rest:
        return _from_old(asked, column, name, values[0], words)
    if not new:
        raise BadParameter(name, "This requires newFilterSyntax=true.")
    if rest == [""]:
        return _any_of(asked, column, name, _bounded(name, _translate(values, words)))
    if rest[0] not in _OPERATORS or len(rest) > 1 or not column.sql or words or _is_folded(column):
        raise BadParameter(name, "There is no such filter.")
    return Condition(column=asked, ranges=[_bound(rest[0], *_stretch(column, name, values[0]))])


def _is_folded(column: Column) -> bool:
    """Its order is not that of what is shown; where values are found elsewhere (`any_of`), it is."""
    return column.fold is not None and not column.any_of


def _column(resource: Resource[Any], name: str, parts: Sequence[str]) -> tuple[str, Sequence[str]]:
    """Return the column, and the rest of its name."""
    for length in (2, 1):
        asked = ".".join(parts[:length])
        if len(parts) >= length and asked in resource.filters:
            return resource.filters[asked], parts[length:]
    raise BadParameter(name, f"A {resource.kind} cannot be filtered by this.")


def _bounded(name: str, values: Sequence[str]) -> Sequence[str]:
    if len(values) > MOST_VALUES:
        raise BadParameter(name, f"A filter has at most {MOST_VALUES} values.")
    return values


Words = Mapping[str, str] | None


def _translate(texts: Sequence[str], words: Words) -> Sequence[str]:
    """An unknown word matches no record."""
    return texts if words is None else [words.get(text, "") for text in texts]


def _from_old(asked: str, column: Column, name: str, text: str, words: Words) -> Condition:
    parts = _bounded(name, text.split(","))
    ranged = [part for part in parts if ".." in part and column.kind not in ("text", "boolean")]
    if ranged and not column.sql:
        raise BadParameter(name, "This filter does not support ranges.")
    plain = [part for part in parts if part not in ranged and part not in ("__null__", "__notnull__")]
    found = _any_of(asked, column, name, _translate(plain, words))
    return Condition(
        column=asked,
        values=found.values,
        ranges=[*found.ranges, *(_range(column, name, part) for part in ranged)],
        missing="__null__" in parts,
        present="__notnull__" in parts,
    )


def _any_of(asked: str, column: Column, name: str, texts: Sequence[str]) -> Condition:
    """A day or a millisecond is an interval of instants."""
    stretches = [_stretch(column, name, text) for text in texts]
    if column.kind in ("timestamptz", "date"):
        return Condition(column=asked, ranges=[Range(first=first, below=below) for first, below in stretches])
    return Condition(column=asked, values=[value for value, _ in stretches])


def _range(column: Column, name: str, text: str) -> Range:
    first, _, last = text.partition("..")
    span = Range(first=None if first == "neginf" else _stretch(column, name, first)[0])
    if last == "inf":
        return span
    return _joined(span, _bound("lte", *_stretch(column, name, last)))


def _joined(start: Range, end: Range) -> Range:
    return Range(first=start.first, last=end.last, below=end.below)


def _bound(operator: str, first: Any, beyond: Any) -> Range:
    """`beyond` is where the next value begins, for values that are intervals."""
    if operator == "gte":
        return Range(first=first)
    if operator == "lt":
        return Range(below=first)
    if operator == "gt":
        return Range(above=first) if beyond is None else Range(first=beyond)
    return Range(last=first) if beyond is None else Range(below=beyond)


def _stretch(column: Column, name: str, text: str) -> tuple[Any, Any]:
    try:
        return _READ[column.kind](text)
    except (ValueError, OverflowError):
        raise BadParameter(name, f'"{text}" is not a valid {_WORDS[column.kind]}.') from None


def _read_integer(text: str) -> tuple[int, None]:
    if not _INTEGER.fullmatch(text):
        raise ValueError(text)
    return int(text), None


def _read_number(text: str) -> tuple[Decimal, None]:
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Decimal(text), None


def _read_truth(text: str) -> tuple[bool, None]:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true", None


def _read_day(text: str) -> tuple[date, date]:
    """Only the day of a date-time counts."""
    first, below = read_stretch(text[:10])
    return first.date(), below.date()


_READ: Mapping[str, Callable[[str], tuple[Any, Any]]] = {
    "bigint": _read_integer,
    "boolean": _read_truth,
    "date": _read_day,
    "numeric": _read_number,
    "text": lambda text: (text, None),
    "timestamptz": read_stretch,
}
_WORDS = {
    "bigint": "integer", "boolean": "boolean", "date": f"date {DATE_RANGE}", "numeric": "number", "text": "text",
    "timestamptz": f"date or date-time {DATE_RANGE}",
}  # fmt: skip


def parameter_names(resource: Resource[Any]) -> Iterator[str]:
    """Return `filter[owner][email]` and so on, for everything that can be filtered by."""
    for name in resource.filters:
        yield "filter" + "".join(f"[{part}]" for part in name.split("."))
