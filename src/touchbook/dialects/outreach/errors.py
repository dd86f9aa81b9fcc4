"""Errors have the form `{"errors": [{"id", "title", "detail", "source"}]}`; the token call follows OAuth (RFC
6749, 5.2).
"""

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from touchbook.core.errors import (
    GrantRefused,
    Invalid,
    Malformed,
    MissingScope,
    TooManyAttempts,
    TouchbookError,
    Unavailable,
    UnknownRecord,
)
from touchbook.dialects.kit.refusing import headers_of, status_of
from touchbook.dialects.outreach.wire import Problem, Source
from touchbook.http.call import Answer, Request
from touchbook.http.errors import BadParameters, KeyReused, RateLimited, TooLarge, UnsupportedMedia
from touchbook.http.limiting import epoch_headers


class BadParameter(BadParameters):
    def __init__(self, parameter: str, sentence: str) -> None:
        super().__init__({parameter: [sentence]})


class Refused(TouchbookError):
    """Members of the body with wrong values: pointer -> sentence."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = problems
        super().__init__(next(iter(problems.values())))


class RefusedParameters(Refused):
    """Parameters of an action with wrong values: name -> sentence."""


class NotPossible(TouchbookError):
    """The state of the resource does not allow the action."""


class NoSuchResource(TouchbookError):
    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"Could not find '{kind}' with ID '{identifier}'.")


class _Word(NamedTuple):
    id: str
    title: str


_WORDS = {
    400: _Word("badRequest", "Bad Request"),
    401: _Word("unauthorized", "Unauthorized"),
    403: _Word("unauthorizedRequest", "Unauthorized Request"),
    404: _Word("resourceNotFound", "Resource Not Found"),
    405: _Word("methodNotAllowed", "Method Not Allowed"),
    406: _Word("notAcceptable", "Not Acceptable"),
    409: _Word("conflict", "Conflict"),
    413: _Word("requestTooLarge", "Request Too Large"),
    415: _Word("unsupportedMediaType", "Unsupported Media Type"),
    422: _Word("validationError", "Validation Error"),
    429: _Word("rateLimitExceeded", "Rate Limit Exceeded"),
    500: _Word("internalServerError", "Internal Server Error"),
    503: _Word("serviceUnavailable", "Service Unavailable"),
}
_MISSING_SCOPE = _Word("unauthorizedOauthScope", "Unauthorized OAuth Scope")
_OAUTH: dict[type[Exception], tuple[int, str]] = {
    Malformed: (400, "invalid_request"),
    Invalid: (400, "invalid_request"),
    BadParameters: (400, "invalid_request"),
    TooLarge: (413, "invalid_request"),
    UnsupportedMedia: (415, "invalid_request"),
    RateLimited: (429, "too_many_requests"),
    TooManyAttempts: (429, "too_many_requests"),
    Unavailable: (503, "temporarily_unavailable"),
}
# The core's word -> the wire's, and as what one stands in a document.
_KINDS = {"assignee": "user", "contact": "prospect", "deal": "opportunity", "sequence step": "sequenceStep"}
_ROLES = {"user": "owner"}
_OAUTH_BROKEN = (500, "server_error")
_PLAIN = {"content-type": "application/json", "cache-control": "no-store"}


def render_error(error: Exception, _request: Request) -> Answer:
    status = _status(error)
    word = _MISSING_SCOPE if isinstance(error, MissingScope) else _WORDS[status]
    problems = [
        Problem(id=word.id, title=word.title, detail=detail or word.title, source=source)
        for source, detail in _details(error)
    ]
    return Answer(msgspec.json.encode({"errors": problems}), status, _headers(error))


def _status(error: Exception) -> int:
    if isinstance(error, BadParameters):
        return 400
    if isinstance(error, (Invalid, Refused, UnknownRecord)):
        return 422
    own: dict[type[Exception], int] = {NoSuchResource: 404, NotPossible: 422}
    return own.get(type(error)) or status_of(error)


def _details(error: Exception) -> list[tuple[Source | UnsetType, str]]:
    if isinstance(error, BadParameters):
        return [(Source(parameter=name), said[0]) for name, said in error.problems.items()]
    if isinstance(error, RefusedParameters):
        return [(Source(parameter=name), sentence) for name, sentence in error.problems.items()]
    if isinstance(error, Refused):
        return [(Source(pointer=pointer), sentence) for pointer, sentence in error.problems.items()]
    if isinstance(error, Invalid) and not isinstance(error, KeyReused):
        return [(Source(pointer=_pointer(name)), said[0]) for name, said in error.problems.items()]
    if isinstance(error, UnknownRecord):
        kind = _KINDS.get(error.noun, error.noun)
        place = _ROLES.get(kind, kind)
        detail = f"Could not find '{kind}' with ID '{error.identifier}'."
        return [(Source(pointer=f"/data/relationships/{place}"), detail)]
    return [(UNSET, str(error))]


def _pointer(name: str) -> str:
    """Return `/data/attributes/firstName` for `first_name`."""
    first, *rest = name.split("_")
    return "/data/attributes/" + first + "".join(map(str.capitalize, rest))


def refuse_token(error: Exception, _request: Request) -> Answer:
    if isinstance(error, GrantRefused):
        status, code = 401 if error.unproven else 400, str(error.code)
    else:
        status, code = _OAUTH.get(type(error), _OAUTH_BROKEN)
    body = {"error": code, "error_description": str(error)}
    return Answer(msgspec.json.encode(body), status, {**_PLAIN, **_headers(error)})


def _headers(error: Exception) -> dict[str, str]:
    return headers_of(error, limit_headers=epoch_headers)
