"""The status of each error, and its headers, as far as all dialects agree."""

from collections.abc import Callable, Mapping
from typing import Any

from touchbook.core.errors import (
    Conflict,
    Deadlocked,
    Forbidden,
    GrantRefused,
    Invalid,
    Malformed,
    MissingScope,
    NotFound,
    RolledBack,
    TooManyAttempts,
    Unauthenticated,
    Unavailable,
    UnknownRecord,
)
from touchbook.http.errors import (
    BadParameters,
    InvalidAsSent,
    KeyReused,
    MethodNotAllowed,
    NoSuchPath,
    NotAcceptable,
    NotServed,
    RateLimited,
    TooLarge,
    UnsupportedMedia,
)
from touchbook.http.route import no_limit_headers

_STATUSES: Mapping[type[Exception], int] = {
    Malformed: 400,
    Invalid: 400,
    InvalidAsSent: 400,
    BadParameters: 400,
    UnknownRecord: 400,
    Unauthenticated: 401,
    Forbidden: 403,
    MissingScope: 403,
    NotFound: 404,
    NoSuchPath: 404,
    NotServed: 404,
    MethodNotAllowed: 405,
    NotAcceptable: 406,
    Conflict: 409,
    TooLarge: 413,
    UnsupportedMedia: 415,
    KeyReused: 422,
    RateLimited: 429,
    TooManyAttempts: 429,
    Unavailable: 503,
    RolledBack: 503,
    Deadlocked: 503,
}
BROKEN = 500


def status_of(error: Exception) -> int:
    return _STATUSES.get(type(error), BROKEN)


def headers_of(
    error: Exception,
    *,
    scheme: str | None = "Bearer",
    limit_headers: Callable[[Any], dict[str, str]] = no_limit_headers,
) -> dict[str, str]:
    """`scheme` is the authentication scheme to ask for, None where there is none."""
    if isinstance(error, RateLimited):
        return {"retry-after": str(error.allowance.reset), **limit_headers(error.allowance)}
    if isinstance(error, TooManyAttempts):
        return {"retry-after": str(error.seconds)}
    if isinstance(error, MethodNotAllowed):
        return {"allow": ", ".join(error.allowed)}
    if isinstance(error, Unauthenticated) and scheme:
        return {"www-authenticate": f'{scheme} realm="Touchbook"'}
    if isinstance(error, GrantRefused) and error.code == "invalid_client":
        return {"www-authenticate": 'Basic realm="Touchbook"'}
    if isinstance(error, Unavailable):
        return {"retry-after": "1"}
    return {}
