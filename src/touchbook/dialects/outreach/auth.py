"""A bearer token."""

from starlette.datastructures import Headers

from touchbook.http.credentials import bearer_token


def credential(headers: Headers) -> str | None:
    return bearer_token(headers)
