"""A dialect's OpenAPI 3.1 document, generated from its route table and its Structs."""

import re
from functools import cache
from typing import Any

import msgspec
from msgspec import Struct

from touchbook.http.bodies import DEEPEST
from touchbook.http.fields import SCHEMAS
from touchbook.http.limiting import Allowance
from touchbook.http.parameters import Parameter, parameters_of
from touchbook.http.path import LONGEST_NAME
from touchbook.http.route import Dialect, Route
from touchbook.reference.operations import operation_id, tag_of

STATUS_WORDS = {
    200: "Success",
    201: "Created",
    204: "Success. No content",
    400: "The request is not valid, or a record it needs does not exist",
    401: "The credentials are missing or not valid",
    403: "The credentials do not permit this",
    404: "Not found",
    405: "The path does not support this method",
    406: "The Accept header leaves no content type to answer in",
    409: "The request conflicts with the present state",
    413: "The body is too large",
    415: "The content type of the body is not supported",
    422: "A field is not valid",
    429: "Too many requests. Retry after the seconds in Retry-After",
    503: "Temporarily unavailable. Retry after the seconds in Retry-After",
}
_EVERYWHERE = (401, 403, 429, 503)
_PUBLIC = (429, 503)
_WITH_BODY = (400, 413, 415)
_SAMPLE = Allowance(limit=1, remaining=1, reset=1, reset_at=1, exceeded=False)
_MODULE = re.compile(r"\b[a-z_]+(?:\.[a-z_]+)+\.(?=[A-Z])")
_RULE = re.compile(r" \([A-Z0-9]+-\d+\)")


def openapi_document(dialect: Dialect, version: str) -> dict[str, Any]:
    paths: dict[str, dict[str, Any]] = {}
    for route in dialect.routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(dialect, route)
    return {
        "openapi": "3.1.0",
        "info": {"title": dialect.title, "version": version, "description": dialect.about},
        "servers": [{"url": dialect.prefix or "/"}],
        "security": [{name: [] for name in dialect.security}],
        "tags": [{"name": tag} for tag in dict.fromkeys(tag_of(dialect, route) for route in dialect.routes)],
        "paths": paths,
        "components": {"securitySchemes": dialect.security, "schemas": _components(dialect)},
    }


def route_errors(dialect: Dialect, route: Route) -> list[int]:
    """Return every error status of the route."""
    further = (406,) if dialect.check_accepted is not None and not route.public else ()
    body = _WITH_BODY if route.body else ()
    return sorted({*route.errors, *(_PUBLIC if route.public else _EVERYWHERE), *body, *further})


def path_parameters(route: Route) -> list[str]:
    return re.findall(r"\{(\w+)\}", route.path)


def _operation(dialect: Dialect, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": operation_id(dialect, route),
        "tags": [tag_of(dialect, route)],
        "summary": route.summary,
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": _responses(dialect, route),
    }
    if route.public:
        operation["security"] = []
    if route.query is not None and words_of(route.query):
        operation["description"] = words_of(route.query)
    if route.body is not None:
        schema: dict[str, Any] = {"$ref": _ref(route.body)}
        if route.body_listed:
            schema = {"type": "array", "items": schema, "maxItems": route.body_listed}
        content: dict[str, Any] = {"schema": schema}
        if route.example_request is not None:
            content["example"] = route.example_request
        kinds = route.reads or (dialect.media_type,)
        operation["requestBody"] = {
            "description": _bounds_of_body(route),
            "required": not route.bodiless,
            "content": dict.fromkeys(kinds, content),
        }
    return operation


def _bounds_of_body(route: Route) -> str:
    if route.receives_file:
        return "At most as many bytes as the server's settings permit."
    return f"At most {route.body_limit:,} bytes, nested at most {DEEPEST} levels deep."


def _path(route: Route) -> list[dict[str, Any]]:
    schema = msgspec.json.schema(route.path_type)
    if schema["type"] == "string" and "format" not in schema:
        schema["maxLength"] = LONGEST_NAME
    return [
        {"name": name, "in": "path", "required": True, "schema": dict(schema)} for name in path_parameters(route)
    ]


def _query(route: Route) -> list[dict[str, Any]]:
    return [_parameter(name, parameter) for name, parameter in parameters_of(route.query).items()]


def _parameter(name: str, parameter: Parameter) -> dict[str, Any]:
    """An empty text counts as absent; an empty list is a value."""
    schema = dict(parameter.schema)
    described: dict[str, Any] = {"name": name, "in": "query", "required": parameter.required}
    if parameter.listed:
        described |= {"style": "form", "explode": schema.pop("explode", False)}
    else:
        described["allowEmptyValue"] = True
    if "description" in schema:
        described["description"] = schema.pop("description")
    return described | {"schema": schema}


def _headers(route: Route) -> list[dict[str, Any]]:
    once = route.method == "POST" and route.scope != "read" and not route.shows_secret
    headers = {**route.headers, **(_IDEMPOTENCY if once else {})}
    return [_header(name, dict(schema)) for name, schema in headers.items()]


def _header(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": schema.pop("description", ""), "schema": schema}


_IDEMPOTENCY = {
    "Idempotency-Key": {
        "description": (
            "A request repeated with the same key within 24 hours gets the first answer and is not executed again."
        ),
        "type": "string",
        "maxLength": 255,
    }
}


def _responses(dialect: Dialect, route: Route) -> dict[str, Any]:
    """Success has its content; the rate headers belong to every response."""
    media_type = route.media_type or dialect.media_type
    failure = {media_type: {"schema": {"$ref": _ref(route.failure or dialect.failure)}}}
    success: dict[str, Any] = {"description": STATUS_WORDS[route.status], "headers": _answer_headers(dialect)}
    if route.gives_file:
        success["content"] = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
    elif route.answer is not None:
        success["content"] = {media_type: _answer_content(route)}
    responses = {str(route.status): success}
    if route.or_nothing:
        responses["204"] = {"description": STATUS_WORDS[204], "headers": _answer_headers(dialect)}
    for status in route_errors(dialect, route):
        headers = _answer_headers(dialect) | (_RETRY_AFTER if status in (429, 503) else {})
        responses[str(status)] = {"description": STATUS_WORDS[status], "headers": headers, "content": failure}
    return responses


def _answer_content(route: Route) -> dict[str, Any]:
    example = {} if route.example_answer is None else {"example": route.example_answer}
    return {"schema": {"$ref": _ref(route.answer)}, **example}


_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


def _answer_headers(dialect: Dialect) -> dict[str, Any]:
    rate = {name: {"description": "The remaining rate."} for name in dialect.limit_headers(_SAMPLE)}
    names = {"X-Request-Id": {"description": "The id of this request in the server's log."}, **rate}
    return {name: {**header, "schema": {"type": "string"}} for name, header in names.items()}


def _components(dialect: Dialect) -> dict[str, Any]:
    answers = [route.answer for route in dialect.routes if route.answer is not None]
    failures = {dialect.failure, *(route.failure for route in dialect.routes if route.failure is not None)}
    bodies = {route.body: route.body_rules for route in dialect.routes if route.body is not None}
    written = _any_written if dialect.narrows else _all_written
    sent = dict(written(one) for one in _schemas([*answers, *failures]).items())
    for kind, rules in dialect.answer_rules.items():
        sent[_name(kind)] |= rules
    received = _schemas(list(bodies))
    for kind, rules in bodies.items():
        received[_name(kind)] |= rules
    return sent | received


def _all_written(named: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    """A member with a default is always in the response; only UNSET members are left out."""
    name, schema = named
    required = [*schema.get("required", ())]
    for member, of in schema.get("properties", {}).items():
        if "default" in of:
            del of["default"]
            required.append(member)
    return name, schema | {"required": required}


def _any_written(named: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
    name, schema = _all_written(named)
    return name, {member: of for member, of in schema.items() if member != "required"}


def _schemas(kinds: list[Any]) -> dict[str, dict[str, Any]]:
    """Return components by name, without the modules that msgspec puts into names of generics."""
    _, components = msgspec.json.schema_components(kinds, ref_template=SCHEMAS + "{name}")
    text = msgspec.json.encode(components).decode()
    for name in sorted(components, key=len, reverse=True):
        text = text.replace(f'"{name}"', f'"{_short(name)}"').replace(
            f'{SCHEMAS}{name}"', f'{SCHEMAS}{_short(name)}"'
        )
    plain: dict[str, dict[str, Any]] = msgspec.json.decode(text)
    for schema in plain.values():
        schema.pop("title", None)
        schema.pop("description", None)
    return plain


@cache
def _name(kind: Any) -> str:
    (reference,), _ = msgspec.json.schema_components([kind], ref_template="{name}")
    return _short(reference["$ref"])


def _short(name: str) -> str:
    return re.sub(r"_+", "_", _MODULE.sub("", name.replace("_touchbook", "_ touchbook")).replace(" ", "")).strip(
        "_"
    )


def _ref(kind: Any) -> str:
    return SCHEMAS + _name(kind)


def words_of(kind: type[Struct]) -> str:
    """Strip the numbers of rules, which mean nothing to a client."""
    return _RULE.sub("", " ".join((kind.__doc__ or "").split()))
