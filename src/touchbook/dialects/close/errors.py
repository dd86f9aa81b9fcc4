"""400 has `{"errors": [], "field-errors": {}}`, every other error `{"error": text}`."""

import msgspec

from touchbook.core.errors import Invalid, Malformed, NotFound, Unauthenticated, UnknownRecord
from touchbook.dialects.close.limits import exceeded_body, exceeded_headers
from touchbook.dialects.kit.refusing import headers_of, status_of
from touchbook.http.call import Answer, Request
from touchbook.http.errors import InvalidAsSent, KeyReused, RateLimited

_FIELDS = {
    "account": "lead_id",
    "contact": "contact_id",
    "assignee": "assigned_to",
    "user": "user_id",
    "search": "query",
    "phone_numbers": "phones",
    "job_title": "title",
}


def render_error(error: Exception, _request: Request) -> Answer:
    if isinstance(error, RateLimited):
        body = msgspec.json.encode(exceeded_body(error.allowance))
        return Answer(body, 429, exceeded_headers(error.allowance))
    if isinstance(error, Malformed):
        return _refused([str(error)], {})
    if isinstance(error, UnknownRecord):
        return _refused([], {_FIELDS.get(error.noun, error.noun): "Object does not exist."})
    if isinstance(error, Invalid) and not isinstance(error, KeyReused):
        names = {} if isinstance(error, InvalidAsSent) else _FIELDS
        return _refused([], {names.get(name, name): sentences[0] for name, sentences in error.problems.items()})
    body = msgspec.json.encode({"error": _message(error)})
    return Answer(body, status_of(error), headers_of(error, scheme="Basic"))


def _refused(errors: list[str], fields: dict[str, str]) -> Answer:
    return Answer(msgspec.json.encode({"errors": errors, "field-errors": fields}), 400)


def _message(error: Exception) -> str:
    if isinstance(error, Unauthenticated):
        return "The provided API key is invalid."
    if isinstance(error, NotFound):
        return f"{error.noun.capitalize()} not found."
    return str(error)
