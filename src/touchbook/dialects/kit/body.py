"""Reading what was sent: bounded, decoded, and clear of what no column can hold."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.datastructures import Headers
from starlette.types import Receive

from touchbook.core.errors import Malformed
from touchbook.dialects.kit.errors import TooLarge, UnsupportedMedia

LARGEST_BODY = 1024 * 1024
_DEEPEST = 64
_LARGEST_INTEGER = 2**63


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
    """UnsupportedMedia if the body is declared to be of another kind; one of no declared kind passes."""
    sent = headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent and sent not in allowed:
        raise UnsupportedMedia(f"The body must be {' or '.join(allowed)}.")


def decode_object(body: bytes) -> dict[str, Any]:
    """The members of a JSON object. Malformed for anything else, for NUL, and for numbers out of range."""
    members = decode_json(body)
    if not isinstance(members, dict):
        raise Malformed("The body must be a JSON object.")
    return members


def decode_json(body: bytes) -> Any:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as unreadable:
        raise Malformed("The body is not valid JSON.") from unreadable
    _check_storable(value, 0)
    return value


def _check_storable(value: Any, depth: int) -> None:
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, int):
        if not -_LARGEST_INTEGER <= value < _LARGEST_INTEGER:
            raise Malformed("The body has a number that is out of range.")
    elif isinstance(value, (dict, list)):
        if depth >= _DEEPEST:
            raise Malformed("The body is nested too deeply.")
        for part in (*value.keys(), *value.values()) if isinstance(value, dict) else value:
            _check_storable(part, depth + 1)


def check_text(text: str) -> None:
    """PostgreSQL stores any text but NUL, and UTF-8 has no lone surrogates."""
    if "\0" in text:
        raise Malformed("Text may not have a NUL character.")
    try:
        text.encode()
    except UnicodeEncodeError as lone:
        raise Malformed("Text may not have a lone surrogate.") from lone
