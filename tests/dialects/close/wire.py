"""How a Close client reads what comes back."""

from typing import Any

import httpx


def data_of(answer: httpx.Response) -> Any:
    """The object of a success, or the rows of a list."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    if "has_more" in body:
        assert body.keys() == {"data", "has_more"}
        return body["data"]
    return body


def ids_of(answer: httpx.Response) -> list[str]:
    return [item["id"] for item in data_of(answer)]


def refusal_of(answer: httpx.Response, status: int) -> dict[str, str]:
    """The `field-errors` of a 400; of any other status the one sentence, under `error`."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    if status == 400:
        assert body.keys() == {"errors", "field-errors"}
        assert body["errors"] or body["field-errors"]
        fields: dict[str, str] = body["field-errors"]
        return fields
    assert body.keys() == {"error"}
    assert body["error"]
    return {"error": body["error"]}
