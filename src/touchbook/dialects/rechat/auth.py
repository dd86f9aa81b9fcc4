"""A bearer token; X-RECHAT-BRAND selects one of the caller's brands (A-02)."""

from starlette.datastructures import Headers

from touchbook.http.credentials import bearer_token

BRAND = "x-rechat-brand"


def credential(headers: Headers) -> str | None:
    return bearer_token(headers)


def brand(headers: Headers) -> str | None:
    return headers.get(BRAND)
