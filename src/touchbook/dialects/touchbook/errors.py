"""`{"error": {"code", "message", "fields"}}`; `fields` says what is wrong member by member, where it is that."""

from typing import NamedTuple

import msgspec

from touchbook.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KeyReused,
    Malformed,
    NotFound,
    Unauthenticated,
    Unavailable,
    UnknownRecord,
)
from touchbook.dialects.kit.call import Answer
from touchbook.dialects.kit.errors import MethodNotAllowed, NoSuchPath, RateLimited, TooLarge, UnsupportedMedia
from touchbook.dialects.touchbook.limits import limit_headers
from touchbook.dialects.touchbook.wire import Failure, Problem


class _Word(NamedTuple):
    status: int
    code: str


_WORDS: dict[type[Exception], _Word] = {
    Malformed: _Word(400, "malformed"),
    Invalid: _Word(400, "invalid"),
    UnknownRecord: _Word(400, "invalid"),
    Unauthenticated: _Word(401, "unauthenticated"),
    Forbidden: _Word(403, "forbidden"),
    NotFound: _Word(404, "not_found"),
    NoSuchPath: _Word(404, "not_found"),
    MethodNotAllowed: _Word(405, "method_not_allowed"),
    Conflict: _Word(409, "conflict"),
    TooLarge: _Word(413, "too_large"),
    UnsupportedMedia: _Word(415, "unsupported_media_type"),
    KeyReused: _Word(422, "key_reused"),
    RateLimited: _Word(429, "rate_limited"),
    Unavailable: _Word(503, "unavailable"),
}
_BROKEN = _Word(500, "broken")
_FIELDS = {"contact": "contacts"}


def render_error(error: Exception) -> Answer:
    if isinstance(error, UnknownRecord):
        error = Invalid({_FIELDS[error.noun]: [str(error)]})
    word = _WORDS.get(type(error), _BROKEN)
    problem = Problem(code=word.code, message=_message(error))
    if isinstance(error, Invalid):
        problem = msgspec.structs.replace(problem, fields={name: [*said] for name, said in error.problems.items()})
    return Answer(msgspec.json.encode(Failure(error=problem)), word.status, _headers(error))


def _message(error: Exception) -> str:
    if isinstance(error, Unauthenticated):
        return "No valid key or token."
    if isinstance(error, NotFound):
        return f"There is no {error.noun} {error.identifier}."
    return str(error)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.allowance.reset), **limit_headers(error.allowance)}
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": 'Bearer realm="Touchbook"'}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
