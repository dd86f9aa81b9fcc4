"""Errors have the form `{"error": {"code", "message", "fields"}}`; `fields` has the problems by member, if there
are any.
"""

import msgspec

from touchbook.core.errors import Invalid, Malformed, NotFound, Unauthenticated, UnknownRecord
from touchbook.dialects.kit.refusing import headers_of, status_of
from touchbook.dialects.touchbook.wire import Failure, Problem
from touchbook.http.call import Answer, Request
from touchbook.http.limiting import epoch_headers

_CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    415: "unsupported_media_type",
    422: "key_reused",
    429: "rate_limited",
    500: "broken",
    503: "unavailable",
}
_FIELDS = {"contact": "contacts", "notification": "notifications"}


def render_error(error: Exception, _request: Request) -> Answer:
    if isinstance(error, UnknownRecord):
        error = Invalid({_FIELDS[error.noun]: [str(error)]})
    status = status_of(error)
    code = "malformed" if isinstance(error, Malformed) else _CODES[status]
    problem = Problem(code=code, message=_message(error))
    if isinstance(error, Invalid):
        problem = msgspec.structs.replace(problem, fields={name: [*said] for name, said in error.problems.items()})
    headers = headers_of(error, limit_headers=epoch_headers)
    return Answer(msgspec.json.encode(Failure(error=problem)), status, headers)


def _message(error: Exception) -> str:
    if isinstance(error, Unauthenticated):
        return "No valid key or token."
    if isinstance(error, NotFound):
        return f"There is no {error.noun} {error.identifier}."
    return str(error)
