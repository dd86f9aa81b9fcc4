"""What a YSuite client sends, and how it reads what comes back."""

from typing import Any

import httpx


def new_task(**members: Any) -> dict[str, Any]:
    """The example of the document, without its contact; a member given as None is left out."""
    body = {
        "title": "Follow up with Sarah",
        "start_datetime": "2026-07-15T10:00:00",
        "end_datetime": "2026-07-15T11:00:00",
        "priority": 3,
        "description": "Discuss contract renewal terms",
    }
    return {name: value for name, value in (body | members).items() if value is not None}


def data_of(answer: httpx.Response) -> Any:
    """The `data` of a success."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert body["success"] is True
    return body["data"]


def refusal_of(answer: httpx.Response, status: int) -> dict[str, list[str]]:
    """The `errors` of a refusal in YSuite's shape, by field; empty where the status has none."""
    assert answer.status_code == status, answer.text
    body = answer.json()
    assert body["success"] is False
    errors: dict[str, list[str]] = body.get("errors", {})
    assert bool(errors) == (status == 422)
    assert body["message"] == (next(iter(errors.values()))[0] if errors else body["message"])
    assert body["message"]
    return errors


def ids_of(answer: httpx.Response, member: str = "activity_id") -> list[int]:
    return [item[member] for item in data_of(answer)["data"]]
