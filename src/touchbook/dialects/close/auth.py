"""HTTP Basic with the API key as user name and an empty password, or a bearer token."""

from starlette.datastructures import Headers

from touchbook.http.credentials import basic_user_name, bearer_token


def credential(headers: Headers) -> str | None:
    return basic_user_name(headers) or bearer_token(headers)


def method_of(method: str, headers: Headers) -> str:
    """A POST may stand for a GET whose parameters do not fit into an address."""
    if method == "POST" and headers.get("x-http-method-override", "").upper() == "GET":
        return "GET"
    return method
