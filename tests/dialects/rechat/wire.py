"""How a Rechat client reads what comes back."""

from typing import Any

import httpx


def data_of(answer: httpx.Response) -> Any:
    """What a success is about."""
    body = _ok(answer)
    assert body.keys() == {"code", "data"}
    return body["data"]


def rows_of(answer: httpx.Response, *, total: int | None = None) -> list[Any]:
    """The rows of a page of a list; `total` is how many there are in all."""
    body = _ok(answer)
    assert body.keys() == {"code", "data", "info"}
    rows: list[Any] = body["data"]
    assert body["info"] == {"count": len(rows), "total": body["info"]["total"] if total is None else total}
    return rows


def ids_of(answer: httpx.Response, *, total: int | None = None) -> list[str]:
    return [row["id"] for row in rows_of(answer, total=total)]


def refusal_of(answer: httpx.Response, status: int) -> Any:
    """The wrong fields of bad input; of anything else the sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["http"], body["code"]) == (status, CODES[status])
    assert body["message"]
    assert body.keys() - {"attributes"} == {"http", "code", "message"}
    if "attributes" not in body:
        return body["message"]
    assert status == 400
    sentences = [sentence for field in body["attributes"].values() for sentence in field]
    assert body["message"] == " ".join(sentences)
    return body["attributes"]


def done(answer: httpx.Response) -> None:
    assert (answer.status_code, answer.content) == (204, b""), answer.text


CODES = {
    400: "Validation",
    401: "Unauthorized",
    403: "Forbidden",
    404: "ResourceNotFound",
    405: "MethodNotAllowed",
    409: "Conflict",
    413: "PayloadTooLarge",
    415: "UnsupportedMediaType",
}


def _ok(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["code"] == "OK"
    return body
