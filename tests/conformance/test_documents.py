"""The documents themselves: well-formed, with true examples, and strict enough to find a wrong answer."""

from typing import Any

import msgspec
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.conformance.document import Undocumented, document_of
from touchbook.app import DIALECTS
from touchbook.http.route import Dialect

each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@each_dialect
def test_is_openapi(dialect: Dialect) -> None:
    errors = [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(document_of(dialect.name).content)]
    assert errors == []


@each_dialect
def test_every_operation_has_a_name_of_its_own(dialect: Dialect) -> None:
    paths = document_of(dialect.name).content["paths"].values()
    names = [operation["operationId"] for operations in paths for operation in operations.values()]
    assert len(names) == len(set(names)) == len(dialect.routes)


@each_dialect
def test_every_credential_is_needed_at_once(dialect: Dialect) -> None:
    content = document_of(dialect.name).content
    assert [set(one) for one in content["security"]] == [set(content["components"]["securitySchemes"])]


@each_dialect
def test_examples_are_true(dialect: Dialect) -> None:
    document = document_of(dialect.name)
    for content in _contents(document.content["paths"]):
        if "example" in content:
            example = msgspec.json.encode(content["example"])
            document.check_schema(content["schema"]["$ref"], example, dialect.name)


@pytest.mark.parametrize(
    ("status", "kind", "body"),
    [
        (201, "application/json", {"success": True}),
        (404, "application/json", {"success": False, "message": "Task not found."}),
        (200, "text/html", {"success": True}),
        (200, "application/json", {"success": True}),
        (400, "application/json", {"success": True, "message": "Task not found."}),
        (400, "application/json", {"success": False, "message": "Task not found.", "trace": "..."}),
    ],
)
def test_a_wrong_answer_is_found(status: int, kind: str, body: dict[str, Any]) -> None:
    with pytest.raises(Undocumented):
        document_of("ysuite").check("GET", "/tasks/1", status, kind, msgspec.json.encode(body))


def _contents(part: Any) -> list[dict[str, Any]]:
    """Everything with a schema and maybe an example, wherever it stands."""
    if not isinstance(part, dict):
        return []
    media = part.get("content", {}).values()
    return [*media] + [found for name, inner in part.items() if name != "content" for found in _contents(inner)]
