"""`{"success": false, "message": ...}`: 400 for what cannot be done, not found included; 422 for wrong fields."""

import msgspec

from touchbook.core.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
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
from touchbook.dialects.ysuite.limits import limit_headers

_FIELDS = {"contact": "cstid", "deal": "deal_id", "assignee": "assigned_user_id", "tag": "tags"}
_STATUSES: dict[type[Exception], int] = {
    Malformed: 400,
    NotFound: 400,
    NoSuchPath: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMedia: 415,
    RateLimited: 429,
    Unavailable: 503,
}


def render_error(error: Exception) -> Answer:
    if isinstance(error, Invalid):
        return _refused(error)
    if isinstance(error, UnknownRecord):
        field = _FIELDS[error.noun]
        return _refused(Invalid({field: [f"The selected {field.replace('_', ' ')} is invalid."]}))
    return Answer(_failure(_message(error)), _STATUSES.get(type(error), 500), _headers(error))


def _refused(error: Invalid) -> Answer:
    return Answer(_failure(str(error), errors=error.problems), 422)


def _failure(message: str, **more: object) -> bytes:
    return msgspec.json.encode({"success": False, "message": message, **more})


def _message(error: Exception) -> str:
    if isinstance(error, Unauthenticated):
        return "Invalid API credentials."
    if isinstance(error, NotFound):
        return f"{error.noun.capitalize()} not found."
    return str(error)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.allowance.reset), **limit_headers(error.allowance)}
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
