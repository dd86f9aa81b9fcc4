"""Every list, text, integer and object that may be sent has an end, and the documents say where."""

import re
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from msgspec import Meta, Struct
from msgspec import inspect as types

from tests.conformance.document import document_of
from tests.dialects.rechat.tasks.records import new_task
from tests.people import Person
from touchbook.app import DIALECTS
from touchbook.http.path import LONGEST_NAME
from touchbook.http.route import Dialect

each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
_BOUNDS = {"array": "maxItems", "string": "maxLength", "object": "maxProperties"}
# What is of a form of its own is as long as that form.
_FORMS = {"uuid", "date", "date-time", "date-time-local"}


def endless(kind: Any, place: str, seen: set[type]) -> Iterator[str]:
    """The places of what has no bound. Any JSON may stand in a bounded object: the size of the body holds it."""
    if isinstance(kind, types.Metadata):
        yield from endless(kind.type, place, seen)
    elif isinstance(kind, types.UnionType):
        for each in kind.types:
            yield from endless(each, place, seen)
    elif isinstance(kind, types.IntType):
        if (kind.ge is None and kind.gt is None) or (kind.le is None and kind.lt is None):
            yield place
    elif isinstance(kind, types.StructType) and kind.cls not in seen:
        seen.add(kind.cls)
        for field in kind.fields:
            yield from endless(field.type, f"{kind.cls.__name__}.{field.encode_name}", seen)
    elif isinstance(kind, (types.StrType, types.ListType, types.DictType)):
        if kind.max_length is None:
            yield place
        if isinstance(kind, types.ListType):
            yield from endless(kind.item_type, f"{place}[]", seen)
        if isinstance(kind, types.DictType):
            yield from endless(kind.key_type, f"{place} (names)", seen)
            if not isinstance(kind.value_type, types.AnyType):
                yield from endless(kind.value_type, f"{place}{{}}", seen)
    elif isinstance(kind, (types.AnyType, types.RawType, types.SetType, types.VarTupleType, types.BytesType)):
        yield place


@each_dialect
def test_all_that_is_sent_has_an_end(dialect: Dialect) -> None:
    """A file alone is read as it comes, to the bound of its own."""
    seen: set[type] = set()
    bodies = [route.body for route in dialect.routes if route.body is not None and not route.receives_file]
    assert bodies
    assert [place for body in bodies for place in endless(types.type_info(body), body.__name__, seen)] == []


class Open(Struct):
    """One of each kind of what has no end, and one of each that has."""

    text: str
    texts: list[Annotated[str, Meta(max_length=1)]]
    names: Annotated[dict[str, Annotated[int, Meta(ge=0, le=1)]], Meta(max_length=1)]
    some: Annotated[list[str], Meta(max_length=1)] | None
    free: Any
    many: dict[Annotated[str, Meta(max_length=1)], Any]
    number: Annotated[int, Meta(le=1)]
    good: Annotated[list[Annotated[str, Meta(max_length=1)]], Meta(max_length=1)]


def test_what_has_no_end_is_found() -> None:
    found = [*endless(types.type_info(Open), "", set())]
    assert found == [
        "Open.text",
        "Open.texts",
        "Open.names (names)",
        "Open.some[]",
        "Open.free",
        "Open.many",
        "Open.number",
    ]


@each_dialect
def test_the_document_says_where_it_ends(dialect: Dialect) -> None:
    content = document_of(dialect.name).content
    schemas = content["components"]["schemas"]
    missing = []
    for path, operations in content["paths"].items():
        for method, operation in operations.items():
            for media, sent in operation.get("requestBody", {}).get("content", {}).items():
                if not media.startswith("multipart/"):
                    missing += [
                        f"{method} {path}: {place}" for place in unsaid(sent["schema"], schemas, "", set())
                    ]
    assert missing == []


@each_dialect
def test_the_document_says_where_what_stands_in_an_address_ends(dialect: Dialect) -> None:
    content = document_of(dialect.name).content
    missing = [
        f"{method} {path}: {parameter['in']} {parameter['name']}{place}"
        for path, operations in content["paths"].items()
        for method, operation in operations.items()
        for parameter in operation["parameters"]
        for place in unsaid(parameter["schema"], content["components"]["schemas"], "", set())
    ]
    assert missing == []


@each_dialect
def test_the_document_says_how_large_and_how_deep_a_body_may_be(dialect: Dialect) -> None:
    operations = document_of(dialect.name).content["paths"]
    for route in dialect.routes:
        if route.body is not None and not route.receives_file:
            said = operations[route.path][route.method.lower()]["requestBody"]["description"]
            assert said == f"At most {route.body_limit:,} bytes, nested at most 64 levels deep."


@pytest.mark.parametrize(("depth", "status"), [(64, 200), (65, 400)])
async def test_a_body_is_as_deep_as_the_document_says(alice: Person, depth: int, status: int) -> None:
    """Metadata is free JSON, two levels below the body."""
    task = await new_task(alice)
    nested = "[" * (depth - 2) + "]" * (depth - 2)
    answer = await alice.rechat.put(
        f"/crm/tasks/{task['id']}",
        content=f'{{"metadata": {{"deep": {nested}}}}}',
        headers={"content-type": "application/json"},
    )
    assert answer.status_code == status, answer.text


@each_dialect
async def test_a_name_that_is_longer_leads_nowhere(alice: Person, dialect: Dialect) -> None:
    client = getattr(alice, dialect.name)
    for route in dialect.routes:
        if route.method == "GET" and "{" in route.path and not route.public:
            path = re.sub(r"\{\w+\}", "a" * (LONGEST_NAME + 1), dialect.prefix + route.path)
            answer = await client.get(httpx.URL(alice.url).join(path))
            assert answer.status_code in (400, 404), (path[:80], answer.text[:200])


def unsaid(schema: Any, schemas: dict[str, Any], place: str, seen: set[str]) -> Iterator[str]:
    name = schema.get("$ref", "").rpartition("/")[2]
    if name:
        if name not in seen:
            seen.add(name)
            yield from unsaid(schemas[name], schemas, name, seen)
        return
    for option in schema.get("anyOf", ()):
        yield from unsaid(option, schemas, place, seen)
    bound = _BOUNDS.get(schema.get("type"))
    fixed = "enum" in schema or "properties" in schema or "const" in schema or schema.get("format") in _FORMS
    if bound and bound not in schema and not fixed:
        yield place
    if "items" in schema:
        yield from unsaid(schema["items"], schemas, f"{place}[]", seen)
    for member, of in schema.get("properties", {}).items():
        yield from unsaid(of, schemas, f"{place}.{member}", seen)
