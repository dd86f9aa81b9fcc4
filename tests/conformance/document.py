"""Holds answers against the OpenAPI document of their dialect."""

import re
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from touchbook import __version__
from touchbook.app import DIALECTS
from touchbook.http.route import Dialect
from touchbook.reference.openapi import openapi_document


class Undocumented(AssertionError):
    """An answer that the dialect's document does not foresee."""


class Document:
    """`check` raises Undocumented. A path or method that the document lacks may only be answered by a failure."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.content = openapi_document(dialect, __version__)
        self._schemas = {name: _closed(of) for name, of in self.content["components"]["schemas"].items()}
        self._paths = [(_pattern(path), operations) for path, operations in self.content["paths"].items()]
        self._unserved = [_pattern(path) for path in dialect.unserved]
        self._validators: dict[str, Any] = {}

    def check(self, method: str, path: str, status: int, kind: str, body: bytes) -> None:
        where = f"{method} {path} answered {status}"
        content = self._documented(method, path, status, where)
        if content is None:
            if body:
                raise Undocumented(f"{where} with a body, {body[:200]!r}")
            return
        if "*/*" in content:
            return
        if kind.partition(";")[0] not in content:
            raise Undocumented(f"{where} as {kind}")
        self.check_schema(content[kind.partition(";")[0]]["schema"]["$ref"], body, where)

    def check_schema(self, reference: str, body: bytes, where: str) -> None:
        validator = self._validators.get(reference)
        if validator is None:
            schema = {"$ref": reference, "components": {"schemas": self._schemas}}
            validator = self._validators[reference] = jsonschema_rs.Draft202012Validator(schema)
        for error in validator.iter_errors(msgspec.json.decode(body)):
            raise Undocumented(f"{where}: {error.message} at {error.instance_path}: {body[:300]!r}")

    def _documented(self, method: str, path: str, status: int, where: str) -> Any:
        if any(pattern.fullmatch(path) for pattern in self._unserved):
            if status != 404:
                raise Undocumented(f"{where}, though it is not served")
            return self._failures
        operations = next((found for pattern, found in self._paths if pattern.fullmatch(path)), None)
        operation = None if operations is None else operations.get(method.lower())
        if operation is None:
            allowed = self._refusals(operations)
            if status not in allowed:
                raise Undocumented(f"{where}; only {sorted(allowed)} fit what has no place in the document")
            return self._failures
        if str(status) not in operation["responses"]:
            raise Undocumented(f"{where}, which is not in the document")
        return operation["responses"][str(status)].get("content")

    @staticmethod
    def _refusals(operations: Any) -> set[int]:
        return {400, 404} if operations is None else {405}

    @property
    def _failures(self) -> Any:
        reference = f"#/components/schemas/{self._dialect.failure.__name__}"
        return {self._dialect.media_type: {"schema": {"$ref": reference}}}


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{\w+\}", "[^/]+", path))


def _closed(schema: Any) -> Any:
    """The same schema without room for members that it does not name."""
    if isinstance(schema, list):
        return [_closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(part) for name, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema and "additionalProperties" not in schema:
        closed["additionalProperties"] = False
    return closed


@cache
def document_of(name: str) -> Document:
    return Document(next(dialect for dialect in DIALECTS if dialect.name == name))
