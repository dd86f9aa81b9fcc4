"""A dialect's document as one readable page, without scripts and foreign addresses."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from msgspec import Struct

from touchbook.http.fields import fields_of
from touchbook.http.route import Dialect, Route
from touchbook.reference.openapi import STATUS_WORDS, route_errors, words_of

_MARKUP = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Row(Struct, frozen=True):
    """One line of a table of fields."""

    name: str
    type: str
    required: bool
    default: str
    limits: str
    meaning: str


class Section(Struct, frozen=True):
    """One route, as the page shows it."""

    anchor: str
    route: Route
    path: str
    description: str
    parameters: Sequence[Row]
    body: Sequence[Row]
    body_words: str
    answer: Sequence[Row]
    errors: Sequence[tuple[int, str]]
    example_request: str
    example_answer: str


def render_list(dialects: Sequence[Dialect]) -> str:
    return _MARKUP.get_template("list.html").render(dialects=dialects)


def render_document(dialect: Dialect, document: dict[str, Any]) -> str:
    sections = [_section(dialect, route, document) for route in dialect.routes]
    return _MARKUP.get_template("document.html").render(dialect=dialect, sections=sections)


def _section(dialect: Dialect, route: Route, document: dict[str, Any]) -> Section:
    operation = document["paths"][route.path][route.method.lower()]
    components = document["components"]["schemas"]
    return Section(
        anchor=operation["operationId"],
        route=route,
        path=dialect.prefix + route.path,
        description=operation.get("description", ""),
        parameters=[_parameter_row(parameter) for parameter in operation["parameters"]],
        body=[_row(*field) for field in fields_of(route.body)] if route.body else [],
        body_words=words_of(route.body) if route.body else "",
        answer=list(_answer_rows(operation, route, components)),
        errors=[(status, STATUS_WORDS[status]) for status in route_errors(dialect, route)],
        example_request=_pretty(route.example_request),
        example_answer=_pretty(route.example_answer),
    )


def _parameter_row(parameter: dict[str, Any]) -> Row:
    schema = parameter["schema"] | {"description": parameter.get("description", "")}
    return _row(parameter["name"], schema, parameter.get("required", False), place=parameter["in"])


def _row(name: str, schema: dict[str, Any], required: bool, place: str = "") -> Row:
    words = schema.get("description", "")
    return Row(
        name=name,
        type=_type(schema),
        required=required,
        default=str(schema.get("default", "")),
        limits=_limits(schema),
        meaning=f"{words} (in the {place})".strip() if place in ("path", "header") else words,
    )


def _answer_rows(operation: dict[str, Any], route: Route, components: dict[str, Any]) -> list[Row]:
    """Return the members of the envelopes, then those of the innermost record, by their full names."""
    content = operation["responses"][str(route.status)].get("content")
    if content is None:
        return []
    (media,) = content.values()
    return _members(media["schema"], components, "")


def _members(schema: dict[str, Any], components: dict[str, Any], above: str) -> list[Row]:
    if "$ref" in schema:
        schema = components[schema["$ref"].rpartition("/")[2]]
    rows = []
    for name, member in schema.get("properties", {}).items():
        rows.append(_row(above + name, member, name in schema.get("required", ())))
        inner = member.get("items", member)
        if "$ref" in inner:
            rows += _members(inner, components, f"{above}{name}{'[]' if 'items' in member else ''}.")
    return rows


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_type(option) for option in schema["anyOf"])
    if "$ref" in schema:
        return "object"
    if "enum" in schema:
        return "string"
    if schema["type"] == "array":
        return f"{_type(schema['items'])}[]"
    named = {"date": "date", "date-time-local": "datetime"}
    return str(named.get(schema.get("format", ""), schema["type"]))


def _limits(schema: dict[str, Any]) -> str:
    schema = next((option for option in schema.get("anyOf", ()) if option.get("type") != "null"), schema)
    if "enum" in schema:
        return ", ".join(schema["enum"])
    if "maxLength" in schema:
        return f"{schema.get('minLength', 0)} to {schema['maxLength']} characters"
    if "maxItems" in schema:
        return f"at most {schema['maxItems']} values"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None:
        return str(schema["const"]).lower() if "const" in schema else ""
    return f"{low} or more" if high is None or high > 2**30 else f"{low} to {high}"


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)
