"""The documents themselves: well-formed, with true examples, and strict enough to find a wrong answer."""

import re
from typing import Any

import msgspec
import pytest
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from tests.conformance.document import Undocumented, document_of
from tests.conformance.watching import Watching, take_findings
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
def test_operations_are_named_for_client_generators(dialect: Dialect) -> None:
    document = document_of(dialect.name).content
    tags = {tag["name"] for tag in document["tags"]}
    for operations in document["paths"].values():
        for operation in operations.values():
            assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"]), operation["operationId"]
            assert set(operation["tags"]) <= tags
            assert operation["summary"][0].isupper()
            assert not operation["summary"].endswith(".")


def test_an_operation_id_tells_verb_and_resource() -> None:
    assert _operation("close", "/task/{id}", "put")["operationId"] == "updateTask"
    assert _operation("close", "/opportunity", "get")["operationId"] == "listOpportunities"
    marking = _operation("outreach", "/api/v2/tasks/{id}/actions/markComplete", "post")
    assert (marking["operationId"], marking["tags"]) == ("markTaskComplete", ["tasks"])
    changing = _operation("rechat", "/contacts/{id}/attributes/{attribute}", "put")
    assert (changing["operationId"], changing["tags"]) == ("updateContactAttribute", ["contacts"])


def _operation(dialect: str, path: str, method: str) -> dict[str, Any]:
    operation: dict[str, Any] = document_of(dialect).content["paths"][path][method]
    return operation


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


def test_every_finding_is_taken_also_after_the_first() -> None:
    watching = Watching(None)  # type: ignore[arg-type]
    path = "/api/v1/task"
    scope = {"method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": []}
    kind = (b"content-type", b"application/json")
    answer = {"status": 400, "headers": [kind], "body": b'{"error": "Expected `str`"}'}
    for _ in range(2):
        watching._check(scope, answer, b"")
        assert [finding for finding in take_findings() if "decoder" in finding]
