"""From the bytes of a request to what the core understands."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from touchbook.core.differing import differing
from touchbook.core.errors import Invalid
from touchbook.dialects.close.wire import LARGEST_PAGE
from touchbook.dialects.kit.body import decode_object
from touchbook.dialects.kit.call import Call
from touchbook.dialects.kit.fields import REQUIRED, Wrong, bare_sentence, read_fields

Fields = TypeVar("Fields", bound=Struct)


class Page(Struct, frozen=True):
    skip: int
    limit: int
    fields: frozenset[str] | None


def parameters(call: Call[Any]) -> Mapping[str, str]:
    """The query, or the `_params` of a POST that stands for a GET.

    A list, or what is repeated with other values, comes as one comma list; null is as if it had not come.
    """
    if call.method != "POST":
        return {name: ",".join(dict.fromkeys(call.query.getlist(name))) for name in call.query}
    sent = decode_object(call.body).get("_params", {})
    if not isinstance(sent, dict):
        raise Invalid({"_params": ["Must be an object."]})
    return {name: _as_text(value) for name, value in sent.items() if value is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def page(given: Mapping[str, str]) -> Page:
    """`_limit` up to 1000 is honoured exactly, beyond it refused: a silent cap loses records (A-42)."""
    return Page(
        skip=_count(given, "_skip", 0, least=0, most=2**31),
        limit=_count(given, "_limit", 100, least=1, most=LARGEST_PAGE),
        fields=_chosen(given.get("_fields")),
    )


def fields(call: Call[Any]) -> frozenset[str] | None:
    return _chosen(call.query.get("_fields"))


def _chosen(fields: str | None) -> frozenset[str] | None:
    return frozenset(fields.split(",")) if fields else None


def _count(given: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 10 or not least <= int(text) <= most:
        raise Invalid({name: [f"Must be an integer from {least} to {most}."]})
    return int(text)


def body(kind: type[Fields], call: Call[Any]) -> Fields:
    try:
        return read_fields(kind, decode_object(call.body))
    except Wrong as wrong:
        raise Invalid({name: [_sentence(problem)] for name, problem in wrong.problems.items()}) from wrong


def changes(sent: Fields, shown: Struct) -> Fields:
    """Of what was sent only what differs from what is shown; the rest is as if it had not come."""
    arrived = {name: value for name, value in asdict(sent).items() if value is not UNSET}
    return type(sent)(**differing(arrived, asdict(shown)))


def required(**members: Any) -> None:
    missing = {name: ["This field is required."] for name, value in members.items() if value in (UNSET, None, "")}
    if missing:
        raise Invalid(missing)


def _sentence(problem: str) -> str:
    return "This field is required." if problem == REQUIRED else bare_sentence(problem)
