"""A bearer token, or Basic with it as user name; X-Touchbook-Team selects one of a user's teams."""

from starlette.datastructures import Headers

from touchbook.http.credentials import basic_user_name, bearer_token

TEAM = "x-touchbook-team"


def credential(headers: Headers) -> str | None:
    return bearer_token(headers) or basic_user_name(headers)


def team(headers: Headers) -> str | None:
    return headers.get(TEAM)
