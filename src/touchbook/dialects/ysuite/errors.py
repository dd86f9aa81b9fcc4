"""Errors have the form `{"success": false, "message": ...}`:

422 for wrong fields, 400 otherwise, not found included.
"""

import msgspec

from touchbook.core.errors import Invalid, NotFound, Unauthenticated, UnknownRecord
from touchbook.dialects.kit.refusing import headers_of, status_of
from touchbook.http.call import Answer, Request
from touchbook.http.errors import NoSuchPath
from touchbook.http.limiting import epoch_headers

_FIELDS = {"contact": "cstid", "deal": "deal_id", "assignee": "assigned_user_id", "tag": "tags"}


def render_error(error: Exception, _request: Request) -> Answer:
    if isinstance(error, Invalid):
        return _refused(error)
    if isinstance(error, UnknownRecord):
        field = _FIELDS[error.noun]
        return _refused(Invalid({field: [f"The selected {field.replace('_', ' ')} is invalid."]}))
    status = 400 if isinstance(error, (NotFound, NoSuchPath)) else status_of(error)
    return Answer(_failure(_message(error)), status, headers_of(error, scheme=None, limit_headers=epoch_headers))


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
