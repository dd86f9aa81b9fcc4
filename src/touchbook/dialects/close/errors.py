"""400 `{"errors": [], "field-errors": {}}` for what is wrong with the request, `{"error": text}` for the rest."""

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
from touchbook.dialects.close.limits import exceeded_body, exceeded_headers
from touchbook.dialects.kit.call import Answer
from touchbook.dialects.kit.errors import MethodNotAllowed, NoSuchPath, RateLimited, TooLarge, UnsupportedMedia

_FIELDS = {"account": "lead_id", "contact": "contact_id", "assignee": "assigned_to", "user": "user_id"}
_STATUSES: dict[type[Exception], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    NoSuchPath: 404,
    MethodNotAllowed: 405,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMedia: 415,
    KeyReused: 422,
    Unavailable: 503,
}


def render_error(error: Exception) -> Answer:
    if isinstance(error, RateLimited):
        body = msgspec.json.encode(exceeded_body(error.allowance))
        return Answer(body, 429, exceeded_headers(error.allowance))
    if isinstance(error, Malformed):
        return _refused([str(error)], {})
    if isinstance(error, UnknownRecord):
        return _refused([], {_FIELDS.get(error.noun, error.noun): "Object does not exist."})
    if isinstance(error, Invalid) and not isinstance(error, KeyReused):
        return _refused([], {name: sentences[0] for name, sentences in error.problems.items()})
    body = msgspec.json.encode({"error": _message(error)})
    return Answer(body, _STATUSES.get(type(error), 500), _headers(error))


def _refused(errors: list[str], fields: dict[str, str]) -> Answer:
    return Answer(msgspec.json.encode({"errors": errors, "field-errors": fields}), 400)


def _message(error: Exception) -> str:
    if isinstance(error, Unauthenticated):
        return "The provided API key is invalid."
    if isinstance(error, NotFound):
        return f"{error.noun.capitalize()} not found."
    return str(error)


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unauthenticated):
        return {"www-authenticate": 'Basic realm="Touchbook"'}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
