"""A write to many records refuses what it does not understand, by name: it might have said which are meant."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import inspect

from tests.isolation.catalogue import Schema, read_schema
from tests.isolation.rows import Question
from tests.isolation.test_matrix import TABLES, nothing_written, row_of
from tests.people import Person
from touchbook.app import DIALECTS
from touchbook.http.route import ALL_THAT_MATCH, Dialect, Route
from touchbook.store.postgres import Store

Place = tuple[str, str, str]
WRITES = [(dialect, route) for dialect in DIALECTS for route in dialect.routes if route.scope != "read"]
STRICT = [pair for pair in WRITES if pair[1].strict]


def place(dialect: Dialect, route: Route) -> Place:
    return dialect.name, route.method, route.path


def takes_records(route: Route) -> bool:
    """Its body is a list, or must have one."""
    fields = msgspec.structs.fields(route.body) if route.body else ()
    required = [msgspec.inspect.type_info(field.type) for field in fields if field.required]
    return bool(route.body_listed) or any(isinstance(kind, inspect.ListType) for kind in required)


def writes_many(dialect: Dialect, route: Route) -> bool:
    """It takes records, or it changes or deletes at a path where records are created."""
    methods = {each.method for each in dialect.routes if each.path == route.path}
    if route.method == "POST":
        return bool(route.body_listed) or ("{" not in route.path and takes_records(route))
    return not route.path.endswith("}") and "POST" in methods


def test_every_write_to_many_is_strict() -> None:
    many = {place(*pair) for pair in WRITES if not pair[1].public and writes_many(*pair)}
    assert many >= {("rechat", "POST", "/contacts/attributes"), ("close", "PUT", "/task")}
    assert many - {place(*pair) for pair in STRICT} == set()


def test_every_write_to_many_waits_for_the_others_of_its_team() -> None:
    many = {place(*pair) for pair in WRITES if not pair[1].public and writes_many(*pair)}
    assert many - {place(*pair) for pair in WRITES if pair[1].many is not None} == set()
    always = {place(*pair) for pair in WRITES if pair[1].many == ALL_THAT_MATCH}
    assert always >= {
        ("close", "PUT", "/task"),
        ("outreach", "DELETE", "/api/v2/sequences/{id}"),
        ("rechat", "POST", "/contacts/attributes"),
        ("rechat", "PATCH", "/contacts/tags/{tag}"),
        ("rechat", "DELETE", "/contacts/attribute_defs/{id}"),
        ("touchbook", "DELETE", "/lists/{id}"),
    }


@pytest.fixture(scope="module")
async def schema(store: Store) -> Schema:
    return await read_schema(store)


@pytest.fixture(params=STRICT, ids=lambda pair: " ".join(place(*pair)))
async def question(request: pytest.FixtureRequest, server: str) -> AsyncIterator[Question]:
    dialect, route = request.param
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        yield Question(dialect, route, TABLES[dialect.name], row_of(dialect, route), client)


def refused_names(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 400, answer.text
    body = answer.json()
    return set(body.get("attributes") or body.get("field-errors") or body["error"]["fields"])


def misspelt(route: Route) -> Iterator[str]:
    known = [field.encode_name for field in msgspec.structs.fields(route.query)] if route.query else []
    yield from ("nonsense", "nonsense[]", *(f"{name}x" for name in known), *(f"{name}[0]" for name in known))


async def test_an_unknown_parameter_is_refused_and_nothing_changes(
    store: Store, schema: Schema, question: Question, alice: Person
) -> None:
    record = await question.row.make(store, alice)
    async with nothing_written(store, schema, alice):
        for name in misspelt(question.route):
            asked: dict[str, Any] = {name: "1"}
            assert refused_names(await question.ask(alice.key, record, **asked)) == {name}
    assert (await question.ask(alice.key, record)).status_code == question.route.status


async def test_an_unknown_member_is_refused_and_nothing_changes(
    store: Store, schema: Schema, question: Question, alice: Person
) -> None:
    if question.row.body is None or question.route.body_listed:
        pytest.skip("there is nothing beside what is written")
    record = await question.row.make(store, alice)
    async with nothing_written(store, schema, alice):
        for name in ("nonsense", "search", "user_ids"):
            changed: dict[str, Any] = {name: [1]}
            assert refused_names(await question.ask(alice.key, record, changed=changed)) == {name}
    assert (await question.ask(alice.key, record)).status_code == question.route.status
