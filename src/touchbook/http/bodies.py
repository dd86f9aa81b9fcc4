"""Reads request bodies: bounded, decoded, and free of values that no column can hold."""

import asyncio
import re
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
# In seconds, for all of it.
_LONGEST_WAIT = 600.0
_MOST_DIGITS = 18
_MOST_FIELDS = 100
DEEPEST = 64
_LARGEST_NUMBER = 2**63
# What no column can hold is in a JSON text only as an escape, or as a number of so many digits.
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")
_LONG = b"1" * 19
_DIGITS_AS_ONES = bytes(ord("1") if sign in b"0123456789" else ord(" ") for sign in range(256))
NOTHING: frozenset[str] = frozenset()


class Everything:
    """Contains every member."""

    def __contains__(self, _: object) -> bool:
        return True


async def read_body(receive: Receive, headers: Headers, *, limit: int = LARGEST_BODY) -> bytes:
    """Errors: TooLarge; Malformed for a body that ends early or takes too long."""
    if declared_size(headers) > limit:
        raise TooLarge(limit)
    body = bytearray()
    try:
        async with asyncio.timeout(_LONGEST_WAIT):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise Malformed("The body ended early.")
                body += message.get("body", b"")
                if len(body) > limit:
                    raise TooLarge(limit)
                if not message.get("more_body", False):
                    return bytes(body)
    except TimeoutError as slow:
        raise Malformed("The body took too long.") from slow


def declared_size(headers: Headers) -> int:
    declared = headers.get("content-length", "")
    return int(declared) if declared.isdecimal() and len(declared) <= _MOST_DIGITS else 0


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
    if not _is_plain(body):
        _check_storable(value, free)
    return value


def _is_plain(body: bytes) -> bool:
    """Return whether the text alone shows that all of it can be stored, as that of most bodies does."""
    if b"\\u" in body and _ESCAPED.search(body):
        return False
    return body.count(b"[") + body.count(b"{") <= DEEPEST and _LONG not in body.translate(_DIGITS_AS_ONES)


def _check_storable(body: Any, free: Container[str]) -> None:
    """Go through all values, level by level."""
    level: list[tuple[Any, int]] = [([body], _LARGEST_NUMBER)]
    for _ in range(DEEPEST + 1):
        below: list[tuple[Any, int]] = []
        for holder, largest in level:
            if isinstance(holder, dict):
                for name, part in holder.items():
                    check_text(name)
                    _check_value(part, LARGEST if name in free else largest, below)
            else:
                for part in holder:
                    _check_value(part, largest, below)
        if not below:
            return
        level = below
    raise Malformed("The body is nested too deeply.")


def _check_value(value: Any, largest: int, below: list[tuple[Any, int]]) -> None:
    kind = type(value)
    if kind is str:
        check_text(value)
    elif kind is int:
        if not -largest <= value < largest:
            raise Malformed("The body has a number that is out of range.")
    elif kind is dict or kind is list:
        below.append((value, largest))


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
    if text.isascii():
        return
    try:
        text.encode()
    except UnicodeEncodeError as lone:
        raise Malformed("Text may not have a lone surrogate.") from lone
