"""Reading what several dialects send alike; each says in its own words what is wrong."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from touchbook.core.errors import Invalid
from touchbook.http.errors import InvalidAsSent
from touchbook.http.fields import UNKNOWN, Wrong, names_of, read_fields, sentence_of

_MOST_DIGITS = 19
Fields = TypeVar("Fields", bound=Struct)


def read_integer(text: str, *, least: int, most: int) -> int | None:
    """None for what is no integer in plain digits, or is out of bounds."""
    if not (text.isascii() and text.isdigit()) or len(text) > _MOST_DIGITS:
        return None
    number = int(text)
    return number if least <= number <= most else None


def read_flag(text: str) -> bool | None:
    """None for what is neither `true` nor `false`."""
    return {"true": True, "false": False}.get(text.lower())


def read_members(
    kind: type[Fields],
    members: Mapping[str, Any],
    sentence: Callable[[str, str], str] = sentence_of,
    *,
    strict: bool = True,
) -> Fields:
    """Invalid for all members that are wrong, each with its `sentence`, of the member's name and the problem."""
    try:
        return read_fields(kind, members, strict=strict)
    except Wrong as wrong:
        raise Invalid({name: [sentence(name, problem)] for name, problem in wrong.problems.items()}) from wrong


def read_query(
    kind: type[Fields], query: Mapping[str, str], sentence: Callable[[str, str], str] = sentence_of
) -> Fields:
    """Empty parameters count as absent. Invalid as in `read_members`."""
    return read_members(kind, {name: text for name, text in query.items() if text}, sentence, strict=False)


def refuse_unknown(members: Mapping[str, Any], kind: type[Struct], shown: type[Struct]) -> None:
    """Where a whole record may be sent back: what it is never `shown` with is refused."""
    unknown = sorted(members.keys() - names_of(kind, shown))
    if unknown:
        raise InvalidAsSent({name: [sentence_of(name, UNKNOWN)] for name in unknown})
