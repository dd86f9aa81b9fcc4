"""`{"errors": [{"id", "title", "detail"}]}`; the token call refuses in OAuth's own way (RFC 6749, 5.2)."""

from typing import NamedTuple

import msgspec

from touchbook.core.errors import (
    GrantRefused,
    Invalid,
    Malformed,
    TooManyAttempts,
    Unavailable,
)
from touchbook.dialects.kit.call import Answer
from touchbook.dialects.kit.errors import RateLimited, TooLarge, UnsupportedMedia
from touchbook.dialects.kit.limiting import epoch_headers
from touchbook.dialects.kit.refusing import headers_of, status_of


class _Word(NamedTuple):
    id: str
    title: str


_WORDS = {
    400: _Word("badRequest", "Bad Request"),
    401: _Word("unauthorized", "Unauthorized"),
    403: _Word("unauthorizedRequest", "Unauthorized Request"),
    404: _Word("resourceNotFound", "Resource Not Found"),
    405: _Word("methodNotAllowed", "Method Not Allowed"),
    409: _Word("conflict", "Conflict"),
    413: _Word("requestTooLarge", "Request Too Large"),
    415: _Word("unsupportedMediaType", "Unsupported Media Type"),
    422: _Word("validationError", "Validation Error"),
    429: _Word("rateLimitExceeded", "Rate Limit Exceeded"),
    500: _Word("internalServerError", "Internal Server Error"),
    503: _Word("serviceUnavailable", "Service Unavailable"),
}
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
    status = 422 if isinstance(error, Invalid) else status_of(error)
    word = _WORDS[status]
    one = {"id": word.id, "title": word.title, "detail": str(error) or word.title}
    return Answer(msgspec.json.encode({"errors": [one]}), status, _headers(error))


def refuse_token(error: Exception) -> Answer:
    if isinstance(error, GrantRefused):
        status, code = 401 if error.unproven else 400, str(error.code)
    else:
        status, code = _OAUTH.get(type(error), _OAUTH_BROKEN)
    body = {"error": code, "error_description": str(error)}
    return Answer(msgspec.json.encode(body), status, {**_PLAIN, **_headers(error)})


def _headers(error: Exception) -> dict[str, str]:
    return headers_of(error, limit_headers=epoch_headers)
