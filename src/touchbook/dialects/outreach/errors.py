"""`{"errors": [{"id", "title", "detail"}]}`; the token call refuses in OAuth's own way (RFC 6749, 5.2)."""

from typing import NamedTuple

import msgspec

from touchbook.core.errors import (
    Conflict,
    Forbidden,
    GrantRefused,
    Invalid,
    Malformed,
    NotFound,
    TooManyAttempts,
    Unauthenticated,
    Unavailable,
)
from touchbook.dialects.kit.call import Answer
from touchbook.dialects.kit.errors import MethodNotAllowed, NoSuchPath, RateLimited, TooLarge, UnsupportedMedia
from touchbook.dialects.outreach.limits import limit_headers


class _Word(NamedTuple):
    status: int
    id: str
    title: str


_WORDS: dict[type[Exception], _Word] = {
    Malformed: _Word(400, "badRequest", "Bad Request"),
    Unauthenticated: _Word(401, "unauthorized", "Unauthorized"),
    Forbidden: _Word(403, "unauthorizedRequest", "Unauthorized Request"),
    NotFound: _Word(404, "resourceNotFound", "Resource Not Found"),
    NoSuchPath: _Word(404, "resourceNotFound", "Resource Not Found"),
    MethodNotAllowed: _Word(405, "methodNotAllowed", "Method Not Allowed"),
    Conflict: _Word(409, "conflict", "Conflict"),
    TooLarge: _Word(413, "requestTooLarge", "Request Too Large"),
    UnsupportedMedia: _Word(415, "unsupportedMediaType", "Unsupported Media Type"),
    Invalid: _Word(422, "validationError", "Validation Error"),
    RateLimited: _Word(429, "rateLimitExceeded", "Rate Limit Exceeded"),
    Unavailable: _Word(503, "serviceUnavailable", "Service Unavailable"),
}
_BROKEN = _Word(500, "internalServerError", "Internal Server Error")
_OAUTH: dict[type[Exception], tuple[int, str]] = {
    Malformed: (400, "invalid_request"),
    Invalid: (400, "invalid_request"),
    TooLarge: (413, "invalid_request"),
    UnsupportedMedia: (415, "invalid_request"),
    RateLimited: (429, "too_many_requests"),
    TooManyAttempts: (429, "too_many_requests"),
    Unavailable: (503, "temporarily_unavailable"),
}
_OAUTH_BROKEN = (500, "server_error")
_PLAIN = {"content-type": "application/json", "cache-control": "no-store"}


def render_error(error: Exception) -> Answer:
    word = _WORDS.get(type(error), _BROKEN)
    one = {"id": word.id, "title": word.title, "detail": str(error) or word.title}
    return Answer(msgspec.json.encode({"errors": [one]}), word.status, _headers(error))


def refuse_token(error: Exception) -> Answer:
    if isinstance(error, GrantRefused):
        status, code = 401 if error.unproven else 400, str(error.code)
    else:
        status, code = _OAUTH.get(type(error), _OAUTH_BROKEN)
    body = {"error": code, "error_description": str(error)}
    return Answer(msgspec.json.encode(body), status, {**_PLAIN, **_headers(error)})


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.allowance.reset), **limit_headers(error.allowance)}
    if isinstance(error, TooManyAttempts):
        return {"retry-after": str(error.seconds)}
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": 'Bearer realm="Touchbook"'}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
