"""Converts requests to calls of the core."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

from msgspec import UNSET, Struct

from touchbook.core.errors import Invalid, Malformed
from touchbook.core.identity import read_uid
from touchbook.dialects.kit.reading import read_flag, read_integer, refuse_unknown
from touchbook.dialects.rechat.wire import IdsBody
from touchbook.http.bodies import decode_json, decode_object
from touchbook.http.call import Call
from touchbook.http.errors import InvalidAsSent
from touchbook.http.fields import Wrong, read_fields, sentence_of
from touchbook.http.slices import read_records

LARGEST_PAGE = 1000
_FREE = frozenset({"metadata"})
Fields = TypeVar("Fields", bound=Struct)


class Page(Struct, frozen=True):
    start: int
    limit: int


class Order(Struct, frozen=True):
    by: Any
    descending: bool


def body(kind: type[Fields], call: Call[Any], *, free: Container[str] = _FREE) -> Fields:
    """Errors: Invalid, with the path of each wrong member."""
    with _telling_where():
        return read_fields(kind, decode_object(call.body, free))


async def records(kind: type[Fields], call: Call[Any]) -> Fields:
    """Like `body`, for one list of many records: others have their turn meanwhile."""
    with _telling_where():
        return await read_records(kind, call.body, _FREE)


def record(kind: type[Fields], call: Call[Any], shown: type[Struct]) -> Fields:
    """Like `body`, for a whole record that may be sent back: members it is never `shown` with are refused."""
    members = decode_object(call.body, _FREE)
    refuse_unknown(members, kind, shown)
    with _telling_where():
        return read_fields(kind, members)


def elements(kind: type[Fields], call: Call[Any], *, most: int) -> list[Fields]:
    """Read a body that is a list. Errors like those of `body`, with the position in the list."""
    sent = decode_json(call.body, _FREE)
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise Malformed("The body must be a list of JSON objects.")
    if len(sent) > most:
        raise Invalid({"body": [f"The list may have at most {most} items."]})
    return [_element(kind, members, f"{number}.") for number, members in enumerate(sent)]


def uid(name: str, text: str) -> UUID:
    """Invalid for anything but a uuid in its usual form."""
    found = read_uid(text)
    if found is None:
        raise Invalid({name: [f'"{text}" is not a uuid.']})
    return found


def reference(sent: str | Mapping[str, Any]) -> str:
    """Return the id of a record that was sent by id, or whole."""
    return sent if isinstance(sent, str) else str(sent.get("id") or "")


def uids(name: str, texts: Iterable[str]) -> list[UUID]:
    return [uid(name, text) for text in texts]


def asked(call: Call[Any], name: str) -> list[UUID] | None:
    """Read a list of uuids of the query; None if it was not sent, [] matches nobody."""
    texts = call.query.listed(name)
    return None if texts is None else uids(name, texts)


def search(call: Call[Any]) -> str | None:
    """Return all words of `q`."""
    return " ".join(call.query.listed("q") or ()).strip() or None


def ids(call: Call[Any]) -> list[UUID]:
    """Return ids of query and body, each once. Invalid if there are none."""
    requested, sent = asked(call, "ids"), body(IdsBody, call).ids if call.body else UNSET
    if requested is None and sent is UNSET:
        raise Invalid({"ids": ["ids is required."]})
    return list(dict.fromkeys([*(requested or ()), *uids("ids", sent or ())]))


def associations(call: Call[Any]) -> frozenset[str]:
    """Return the requested further members; unknown names are ignored."""
    return frozenset(call.query.listed("associations") or ())


def omitted(call: Call[Any]) -> Sequence[str]:
    return [name for name in call.query.listed("omit") or () if "." in name]


def flag(call: Call[Any], name: str) -> bool:
    """Read `true` or `false`; a missing flag is false (A-26)."""
    said = read_flag(call.query.get(name) or "false")
    if said is None:
        raise Invalid({name: [f"{name} must be true or false."]})
    return said


def page(call: Call[Any]) -> Page:
    """`limit` is 10 by default, at most 1000 (A-42)."""
    return Page(_count(call.query, "start", 0, 0, 2**31), _count(call.query, "limit", 10, 1, LARGEST_PAGE))


def order(call: Call[Any], allowed: Iterable[str], default: str) -> Order:
    text = call.query.get("order")
    if not text:
        return Order(default, descending=False)
    name = text.removeprefix("-")
    if name not in allowed:
        raise Invalid(
            {"order": [f"order must be one of {', '.join(allowed)}, with - before it to turn it round."]}
        )
    return Order(name, text.startswith("-"))


def _element(kind: type[Fields], members: Mapping[str, Any], place: str) -> Fields:
    with _telling_where(place):
        return read_fields(kind, members)


@contextmanager
def _telling_where(place: str = "") -> Iterator[None]:
    try:
        yield
    except Wrong as wrong:
        problems = {place + name: problem for name, problem in wrong.problems.items()}
        raise InvalidAsSent({name: [sentence_of(name, problem)] for name, problem in problems.items()}) from wrong


def _count(query: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    count = read_integer(query.get(name) or str(default), least=least, most=most)
    if count is None:
        raise Invalid({name: [f"{name} must be an integer from {least} to {most}."]})
    return count
