"""How a client of our own dialect reads what comes back."""

import re
from typing import Any

import httpx

INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
CODES = {
    400: ("malformed", "invalid"),
    401: ("unauthenticated",),
    403: ("forbidden",),
    404: ("not_found",),
    405: ("method_not_allowed",),
    409: ("conflict",),
    413: ("too_large",),
    415: ("unsupported_media_type",),
    422: ("key_reused",),
    429: ("rate_limited",),
    503: ("unavailable",),
}


def data_of(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def rows_of(answer: httpx.Response, *, more: bool = False) -> list[Any]:
    body = data_of(answer)
    assert body.keys() == {"data", "has_more"}
    assert body["has_more"] is more
    rows: list[Any] = body["data"]
    return rows


def ids_of(answer: httpx.Response, *, more: bool = False) -> list[str]:
    return [row["id"] for row in rows_of(answer, more=more)]


def refusal_of(answer: httpx.Response, status: int) -> Any:
    """The wrong fields; where there are none, the sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body.keys() == {"error"}
    error = body["error"]
    assert error["code"] in CODES[status]
    assert error["message"]
    assert error.keys() - {"fields"} == {"code", "message"}
    assert ("fields" in error) == (error["code"] in ("invalid", "key_reused"))
    return error.get("fields", error["message"])


def done(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content) == (204, b""), answer.text
