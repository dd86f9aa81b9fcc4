"""Converts requests to calls of the core."""

from collections.abc import Iterator
from typing import Any, TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from touchbook.core.differing import differing, said
from touchbook.core.errors import Invalid
from touchbook.dialects.close.wire.shared import LARGEST_PAGE
from touchbook.dialects.close.wire.tasks import MOST_VALUES_IN_BODY
from touchbook.dialects.kit.reading import read_integer, read_members, refuse_unknown
from touchbook.http.bodies import decode_object
from touchbook.http.call import Call
from touchbook.http.fields import (
    REQUIRED,
    bare_sentence,
)
from touchbook.http.parameters import Parameters

Fields = TypeVar("Fields", bound=Struct)


class Page(Struct, frozen=True):
    skip: int
    limit: int
    fields: frozenset[str] | None


def parameters(call: Call[Any]) -> Parameters:
    """Return the query, or the `_params` of a POST that stands for a GET, where null counts as absent."""
    if call.method != "POST":
        return call.query
    sent = decode_object(call.body).get("_params", {})
    if not isinstance(sent, dict):
        raise Invalid({"_params": ["Must be an object."]})
    texts = ((name, text) for name, value in sent.items() if value is not None for text in _texts(value))
    return call.query.instead(texts, most=MOST_VALUES_IN_BODY)


def _texts(value: Any) -> Iterator[str]:
    if not isinstance(value, list):
        yield ("true" if value else "false") if isinstance(value, bool) else str(value)
    elif value:
        for part in value:
            yield from _texts(part)
    else:
        yield ""


def page(given: Parameters) -> Page:
    """`_limit` is honoured up to 1000 and refused above: a silent cap would lose records (A-42)."""
    return Page(
        skip=_count(given, "_skip", 0, least=0, most=2**31),
        limit=_count(given, "_limit", 100, least=1, most=LARGEST_PAGE),
        fields=_chosen(given),
    )


def fields(call: Call[Any]) -> frozenset[str] | None:
    return _chosen(call.query)


def _chosen(given: Parameters) -> frozenset[str] | None:
    return frozenset(given.listed("_fields") or ()) or None


def _count(given: Parameters, name: str, default: int, *, least: int, most: int) -> int:
    count = read_integer(given.get(name, str(default)), least=least, most=most)
    if count is None:
        raise Invalid({name: [f"Must be an integer from {least} to {most}."]})
    return count


def members(call: Call[Any]) -> dict[str, Any]:
    """Return the body as it was sent, with members that no Struct names."""
    return decode_object(call.body)


def body(kind: type[Fields], call: Call[Any], shown: type[Struct] | None = None) -> Fields:
    """Members that a record is never `shown` with are refused, if `shown` is given."""
    members = decode_object(call.body)
    if shown is not None:
        refuse_unknown(members, kind, shown)
    return read_members(kind, members, _sentence)


def changes(sent: Fields, shown: Struct) -> Fields:
    """Return the sent members that differ from the shown ones; the others count as absent."""
    return type(sent)(**differing(said(sent), asdict(shown)))


def required(**members: Any) -> None:
    missing = {name: ["This field is required."] for name, value in members.items() if value in (UNSET, None, "")}
    if missing:
        raise Invalid(missing)


def _sentence(_name: str, problem: str) -> str:
    return "This field is required." if problem == REQUIRED else bare_sentence(problem)
