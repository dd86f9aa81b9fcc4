"""Reads request bodies: bounded, decoded, and free of values that no column can hold."""

from collections.abc import Container, Sequence
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.datastructures import Headers
from starlette.types import Receive

from touchbook.core.errors import Malformed
from touchbook.core.plain_json import LARGEST, read_json, write_json
from touchbook.http.errors import TooLarge, UnsupportedMedia

FORM = "application/x-www-form-urlencoded"
LARGEST_BODY = 1024 * 1024
_MOST_FIELDS = 100
_DEEPEST = 64
_LARGEST_NUMBER = 2**63
NOTHING: frozenset[str] = frozenset()


class Everything:
    """Contains every member."""

    def __contains__(self, _: object) -> bool:
        return True


async def read_body(receive: Receive, *, limit: int = LARGEST_BODY) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Malformed("The body ended early.")
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise TooLarge(limit)
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def check_media_type(headers: Headers, allowed: Sequence[str]) -> None:
    """UnsupportedMedia if the declared content type is not allowed; a missing declaration is accepted."""
    sent = media_type_of(headers)
    if sent and sent not in allowed:
        raise UnsupportedMedia(f"The body must be {' or '.join(allowed)}.")


def media_type_of(headers: Headers) -> str:
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def decode_form(body: bytes) -> dict[str, str]:
    """Return the fields of an HTML form. Malformed for a repeated field, for NUL, and for invalid UTF-8."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as unreadable:
        raise Malformed("The body is not a valid form.") from unreadable
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise Malformed("The body has a field twice.")
    for text in (*fields.keys(), *fields.values()):
        check_text(text)
    return fields


def decode_object(body: bytes, free: Container[str] = NOTHING) -> dict[str, Any]:
    """Return the members of a JSON object.

    Malformed for anything else, for NUL, and for numbers out of range. `free` members, at any depth, hold
    arbitrary JSON, whose integers may be larger.
    """
    members = decode_json(body, free)
    if not isinstance(members, dict):
        raise Malformed("The body must be a JSON object.")
    return members


def decode_json(body: bytes, free: Container[str] = NOTHING) -> Any:
    try:
        value = read_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as unreadable:
        raise Malformed("The body is not valid JSON.") from unreadable
    _check_storable(value, 0, free, _LARGEST_NUMBER)
    return value


def _check_storable(value: Any, depth: int, free: Container[str], largest: int) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, int):
        if not -largest <= value < largest:
            raise Malformed("The body has a number that is out of range.")
    elif isinstance(value, (dict, list)):
        if depth >= _DEEPEST:
            raise Malformed("The body is nested too deeply.")
        if isinstance(value, list):
            for part in value:
                _check_storable(part, depth + 1, free, largest)
            return
        for name, part in value.items():
            check_text(name)
            _check_storable(part, depth + 1, free, LARGEST if name in free else largest)


def free_json(value: Any) -> str:
    """Return arbitrary JSON as it is stored. TooLarge if it exceeds a body once its numbers are written out."""
    text = write_json(value)
    if len(text) > LARGEST_BODY:
        raise TooLarge(LARGEST_BODY)
    return text


def check_text(text: str) -> None:
    """PostgreSQL stores any text but NUL, and UTF-8 has no lone surrogates."""
    if "\0" in text:
        raise Malformed("Text may not have a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as lone:
        raise Malformed("Text may not have a lone surrogate.") from lone
