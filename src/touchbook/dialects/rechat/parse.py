"""From the bytes and the query of a request to what the core understands."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct

from touchbook.core.errors import Invalid, Malformed
from touchbook.core.identity import read_uid
from touchbook.dialects.kit.reading import read_flag, read_integer, refuse_unknown
from touchbook.dialects.rechat.wire import IdsBody
from touchbook.http.bodies import decode_json, decode_object
from touchbook.http.call import Call
from touchbook.http.errors import InvalidAsSent
from touchbook.http.fields import Wrong, read_fields, sentence_of
from touchbook.http.sizes import check_sizes

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
    """Errors: Invalid, which says of each wrong member where it stands."""
    with _telling_where():
        check_sizes(kind, call.body)
        return read_fields(kind, decode_object(call.body, free))


def record(kind: type[Fields], call: Call[Any], shown: type[Struct]) -> Fields:
    """As `body`, where a whole record may be sent back: what it is never `shown` with is refused."""
    members = decode_object(call.body, _FREE)
    refuse_unknown(members, kind, shown)
    with _telling_where():
        return read_fields(kind, members)


def elements(kind: type[Fields], call: Call[Any], *, most: int) -> list[Fields]:
    """Of a body that is a list. Errors as those of `body`, each with its place in the list."""
    sent = decode_json(call.body, _FREE)
    if not isinstance(sent, list) or not all(isinstance(each, dict) for each in sent):
        raise Malformed("The body must be a list of JSON objects.")
    if len(sent) > most:
        raise Invalid({"body": [f"At most {most} at once."]})
    return [_element(kind, members, f"{number}.") for number, members in enumerate(sent)]


def uid(name: str, text: str) -> UUID:
    """Invalid for what is no uuid in its usual form."""
    found = read_uid(text)
    if found is None:
        raise Invalid({name: [f"{text!r} is no uuid."]})
    return found


def reference(sent: str | Mapping[str, Any]) -> str:
    """The id of a record that stands there by its id, or whole."""
    return sent if isinstance(sent, str) else str(sent.get("id"))


def uids(name: str, texts: Iterable[str]) -> list[UUID]:
    return [uid(name, text) for text in texts]


def asked(call: Call[Any], name: str) -> list[UUID] | None:
    """Of a list of uuids in the query; None if it did not come, and [] for nobody."""
    texts = call.query.listed(name)
    return None if texts is None else uids(name, texts)


def search(call: Call[Any]) -> str | None:
    """All words of `q`."""
    return " ".join(call.query.listed("q") or ()).strip() or None


def ids(call: Call[Any]) -> list[UUID]:
    """Each once; those of the query and of the body. Invalid if neither has them."""
    wished, sent = asked(call, "ids"), body(IdsBody, call).ids if call.body else UNSET
    if wished is None and sent is UNSET:
        raise Invalid({"ids": ["ids is required."]})
    return list(dict.fromkeys([*(wished or ()), *uids("ids", sent or ())]))


def associations(call: Call[Any]) -> frozenset[str]:
    """Which further members are asked for; names that we do not know ask for nothing."""
    return frozenset(call.query.listed("associations") or ())


def omitted(call: Call[Any]) -> Sequence[str]:
    return [name for name in call.query.listed("omit") or () if "." in name]


def flag(call: Call[Any], name: str) -> bool:
    """`true` or `false`; false where it is missing (A-26)."""
    said = read_flag(call.query.get(name) or "false")
    if said is None:
        raise Invalid({name: [f"{name} must be true or false."]})
    return said


def page(call: Call[Any]) -> Page:
    """`limit` 10 unless given, at most 1000 (A-42)."""
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


def given(sent: Struct) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(sent).items() if value is not UNSET}


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
