"""Errors have the form `{"http":

404, "code": "ResourceNotFound", "message": ...}`; invalid input is 400 (A-02).
"""

from collections.abc import Mapping, Sequence

import msgspec

from touchbook.core.errors import GrantRefused, Invalid, Unauthenticated, UnknownRecord
from touchbook.dialects.kit.refusing import headers_of, status_of
from touchbook.http.call import NO_HEADERS, Answer, Request
from touchbook.http.errors import InvalidAsSent, KeyReused

_FIELDS = {"team": "X-RECHAT-BRAND", "search": "q", "due": "due_date"}
_CODES = {
    400: "Validation",
    401: "Unauthorized",
    403: "Forbidden",
    404: "ResourceNotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    413: "PayloadTooLarge",
    415: "UnsupportedMediaType",
    422: "Validation",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
}


def render_error(error: Exception, _request: Request) -> Answer:
    if isinstance(error, UnknownRecord):
        return _refused(400, {error.noun: [str(error)]})
    if isinstance(error, Invalid):
        names = {} if isinstance(error, InvalidAsSent) else _FIELDS
        return _refused(422 if isinstance(error, KeyReused) else 400, error.problems, names)
    if isinstance(error, GrantRefused):
        if error.unproven:
            return _failure(401, str(error), headers=headers_of(error))
        return _refused(400, {"grant_type": [str(error)]})
    return _failure(status_of(error), _message(error), headers=headers_of(error))


def _refused(status: int, problems: Mapping[str, Sequence[str]], names: Mapping[str, str] = _FIELDS) -> Answer:
    """The message has every problem, `attributes` has them by field; `names` are the fields' own."""
    attributes = {names.get(name, name): list(sentences) for name, sentences in problems.items()}
    message = " ".join(sentence for sentences in attributes.values() for sentence in sentences)
    return _failure(status, message, attributes=attributes)


def _failure(status: int, message: str, *, headers: Mapping[str, str] = NO_HEADERS, **more: object) -> Answer:
    body = {"http": status, "code": _CODES[status], "message": message, **more}
    return Answer(msgspec.json.encode(body), status, headers)


def _message(error: Exception) -> str:
    return "A valid access token is needed." if isinstance(error, Unauthenticated) else str(error)
