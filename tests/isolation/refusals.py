"""How each dialect documents (src/touchbook/dialects/*/README.md) that a record is not there."""

import re
from dataclasses import dataclass
from typing import Any

import httpx

# In place of a member's name: any names, and at least one.
ANY = "*"


@dataclass(frozen=True)
class Refusal:
    """`body` has the members of the answer and no others; each text is a pattern, and a list has one for all of
    its items, or none where it is empty.
    """

    status: int
    body: Any

    def fits(self, answer: httpx.Response) -> bool:
        return answer.status_code == self.status and _fits(self.body, answer.json())


def _fits(pattern: Any, value: Any) -> bool:
    if isinstance(pattern, str):
        return isinstance(value, str) and re.fullmatch(pattern, value) is not None
    if isinstance(pattern, list):
        return isinstance(value, list) and (
            bool(value) and all(_fits(pattern[0], each) for each in value) if pattern else not value
        )
    if isinstance(pattern, dict):
        if not isinstance(value, dict) or (not value if ANY in pattern else pattern.keys() != value.keys()):
            return False
        return all(_fits(pattern.get(ANY, pattern.get(name)), each) for name, each in value.items())
    return type(value) is type(pattern) and value == pattern


@dataclass(frozen=True)
class Refusals:
    """`missing`: of the record that a request is about; `unknown`: of one that its body refers to."""

    missing: Refusal
    unknown: Refusal


CLOSE = Refusals(
    missing=Refusal(404, {"error": r"[A-Z][a-z ]+ not found\."}),
    unknown=Refusal(400, {"errors": [], "field-errors": {ANY: r"Object does not exist\."}}),
)
_COULD_NOT_FIND = r"Could not find '[a-zA-Z]+' with ID '-?\d+'\."
OUTREACH = Refusals(
    missing=Refusal(
        404, {"errors": [{"id": "resourceNotFound", "title": "Resource Not Found", "detail": _COULD_NOT_FIND}]}
    ),
    unknown=Refusal(
        422,
        {
            "errors": [
                {
                    "id": "validationError",
                    "title": "Validation Error",
                    "detail": _COULD_NOT_FIND,
                    "source": {"pointer": r"/data/relationships/[a-zA-Z]+"},
                }
            ]
        },
    ),
)
RECHAT = Refusals(
    missing=Refusal(404, {"http": 404, "code": "ResourceNotFound", "message": r"[A-Z][a-z ]+ \S+ not found"}),
    unknown=Refusal(
        400,
        {
            "http": 400,
            "code": "Validation",
            "message": r"There is no [a-z ]+ \S+\.",
            "attributes": {ANY: [r"There is no [a-z ]+ \S+\."]},
        },
    ),
)
TOUCHBOOK = Refusals(
    missing=Refusal(404, {"error": {"code": "not_found", "message": r"There is no [a-z ]+ \S+\."}}),
    unknown=Refusal(
        400,
        {
            "error": {
                "code": "invalid",
                "message": r"There is no [a-z ]+ \S+\.",
                "fields": {ANY: [r"There is no [a-z ]+ \S+\."]},
            }
        },
    ),
)
YSUITE = Refusals(
    missing=Refusal(400, {"success": False, "message": r"[A-Z][a-z ]+ not found\."}),
    unknown=Refusal(
        422,
        {
            "success": False,
            "message": r"The selected [a-z ]+ is invalid\.",
            "errors": {ANY: [r"The selected [a-z ]+ is invalid\."]},
        },
    ),
)
