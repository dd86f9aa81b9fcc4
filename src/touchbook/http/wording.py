"""Describes a wrong member in plain English: msgspec's own messages name types of Python."""

import re
from collections.abc import Callable

_AT, _KEY_IN = " - at `$", " - at `key` in `$"
_INDEX = re.compile(r"\[(\d+|\.\.\.)\]")
_KINDS = {
    "array": "a list", "bool": "true or false", "date": "a date, YYYY-MM-DD", "datetime": "a date-time, ISO 8601",
    "decimal": "a number", "float": "a number", "int": "an integer", "null": "null", "object": "an object",
    "str": "a string", "uuid": "a uuid",
}  # fmt: skip
_PARTS = {"array": "items", "object": "members", "str": "characters"}
_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def plain_words(problem: str) -> str:
    """Return what follows the member's name: ` must be a list`, or `.3.text must be a string` for a part of it."""
    said, place = _parted(problem)
    for pattern, words in _WORDS:
        found = pattern.fullmatch(said)
        if found:
            return place + words(found)
    return f"{place} is not valid"


def _parted(problem: str) -> tuple[str, str]:
    """Split the message from the path of the part: `Expected str - at `$[3].text``."""
    for at, of in ((_KEY_IN, " has a name that"), (_AT, "")):
        said, found, path = problem.rpartition(at)
        if found and path.endswith("`"):
            return said, _path(path.removesuffix("`")) + of
    return problem, ""


def _path(path: str) -> str:
    """Turn `$[3].text` into `.3.text`; msgspec does not tell the name of an object's member."""
    return _INDEX.sub(lambda index: "" if index[1] == "..." else f".{index[1]}", path)


def _kinds(text: str) -> str:
    """Turn `int | str | null` into: an integer, a text or null."""
    kinds = [_KINDS.get(kind, "of another type") for kind in text.split(" | ")]
    *others, last = dict.fromkeys(kinds)
    return f"{', '.join(others)} or {last}" if others else last


def _wrong_kind(found: re.Match[str]) -> str:
    return f" must be {_kinds(found[1])}" + (", not null" if found[2] == "null" else "")


def _bounded(found: re.Match[str]) -> str:
    return f" must be {_BOUNDS[found[1]]} {_number(found[2])}"


def _sized(found: re.Match[str]) -> str:
    return f" must have {_BOUNDS.get(found[2], 'exactly')} {_number(found[3])} {_PARTS.get(found[1], 'parts')}"


def _number(text: str) -> str:
    whole = text.removesuffix(".0")
    return f"{int(whole):,}" if whole.lstrip("-").isdigit() else text


_WORDS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], str]]] = [
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Expected `(\w+)` of length (<=|>=|==)? ?(\d+)", _sized),
        (r"Expected `\w+` (<=|>=|<|>) (.+)", _bounded),
        (r"Expected `\w+` matching regex .+", lambda _: " has an invalid format"),
        (r"Expected `\w+` with no timezone component", lambda _: " must have no offset"),
        (r"Expected `\w+` with a timezone component", lambda _: " must have an offset"),
        (r"Expected `([^`]+)`, got `([^`]+)`", _wrong_kind),
        (r"Expected `([^`]+)`", lambda found: f" must be {_kinds(found[1])}"),
        (r"Invalid enum value (.+)", lambda found: f" may not be {found[1]}"),
        (r"Object missing required field `([^`]+)`", lambda found: f".{found[1]} is required"),
        (r"Object contains unknown field `([^`]+)`", lambda found: f" has no member {found[1]}"),
        (r"Invalid UUID", lambda _: " must be a uuid"),
        (r"Invalid RFC3339 encoded datetime", lambda _: " must be a date-time, ISO 8601"),
        (r"Invalid RFC3339 encoded date", lambda _: " must be a date, YYYY-MM-DD"),
        (r".{0,99}out of range.{0,99}", lambda _: " is out of range"),
    )
]
