"""`{"http": 404, "code": "ResourceNotFound", "message": ...}` with that status; bad input is 400 (A-02)."""

from collections.abc import Mapping, Sequence

import msgspec

from touchbook.core.errors import (
    Conflict,
    Forbidden,
    GrantRefused,
    Invalid,
    KeyReused,
    Malformed,
    NotFound,
    TooManyAttempts,
    Unauthenticated,
    Unavailable,
    UnknownRecord,
)
from touchbook.dialects.kit.call import Answer
from touchbook.dialects.kit.errors import (
    MethodNotAllowed,
    NoSuchPath,
    RateLimited,
    TooLarge,
    UnsupportedMedia,
)

_FIELDS = {"team": "X-RECHAT-BRAND"}
_CODES: dict[type[Exception], tuple[int, str]] = {
    Malformed: (400, "Validation"),
    Unauthenticated: (401, "Unauthorized"),
    Forbidden: (403, "Forbidden"),
    NotFound: (404, "ResourceNotFound"),
    NoSuchPath: (404, "ResourceNotFound"),
    MethodNotAllowed: (405, "MethodNotAllowed"),
    Conflict: (409, "Conflict"),
    TooLarge: (413, "PayloadTooLarge"),
    UnsupportedMedia: (415, "UnsupportedMediaType"),
    KeyReused: (422, "Validation"),
    RateLimited: (429, "TooManyRequests"),
    TooManyAttempts: (429, "TooManyRequests"),
    Unavailable: (503, "ServiceUnavailable"),
}
_BROKEN = (500, "InternalServerError")


def render_error(error: Exception) -> Answer:
    if isinstance(error, UnknownRecord):
        return _refused(400, {error.noun: [str(error)]})
    if isinstance(error, Invalid):
        return _refused(422 if isinstance(error, KeyReused) else 400, error.problems)
    if isinstance(error, GrantRefused):
        return _failure(401, "Unauthorized", str(error)) if error.unproven else _refused_grant(error)
    status, code = _CODES.get(type(error), _BROKEN)
    return _failure(status, code, _message(error), headers=_headers(error))


def _refused(status: int, problems: Mapping[str, Sequence[str]]) -> Answer:
    """The message has every problem, `attributes` has them by field."""
    attributes = {_FIELDS.get(name, name): list(sentences) for name, sentences in problems.items()}
    message = " ".join(sentence for sentences in attributes.values() for sentence in sentences)
    return _failure(status, "Validation", message, attributes=attributes)


def _refused_grant(error: GrantRefused) -> Answer:
    return _refused(400, {"grant_type": [str(error)]})


def _failure(
    status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **more: object
) -> Answer:
    body = {"http": status, "code": code, "message": message, **more}
    return Answer(msgspec.json.encode(body), status, headers or {})


def _message(error: Exception) -> str:
    return "A valid access token is needed." if isinstance(error, Unauthenticated) else str(error)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.allowance.reset)}
    if isinstance(error, TooManyAttempts):
        return {"retry-after": str(error.seconds)}
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": 'Bearer realm="Touchbook"'}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
