"""Every parameter of every dialect is bounded, and its document says so."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.conformance.document import document_of
from tests.people import Person
from touchbook.app import DIALECTS
from touchbook.http.parameters import LONGEST_TEXT, MOST_VALUES
from touchbook.http.route import Dialect

each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


def asked(dialect: Dialect) -> Iterator[tuple[str, dict[str, Any]]]:
    """The path of each operation, and the rows of its query."""
    for path, operations in document_of(dialect.name).content["paths"].items():
        for operation in operations.values():
            yield from ((path, row) for row in operation["parameters"] if row["in"] == "query")


@each_dialect
def test_the_document_has_the_bounds(dialect: Dialect) -> None:
    for path, row in asked(dialect):
        kind = row["schema"].get("type")
        value = row["schema"]["items"] if kind == "array" else row["schema"]
        assert (row.get("style"), "explode" in row) == (("form", True) if kind == "array" else (None, False))
        assert "maxItems" in row["schema"] or kind != "array", (path, row["name"])
        assert "maxLength" in value or value.get("type") != "string", (path, row["name"])


def client_of(person: Person, dialect: Dialect) -> httpx.AsyncClient:
    client: httpx.AsyncClient = getattr(person, dialect.name)
    return client


def refusal(dialect: Dialect, answer: httpx.Response) -> set[str]:
    """The names of what was refused; YSuite has 422 for what is wrong with a field."""
    assert answer.status_code == (422 if dialect.name == "ysuite" else 400), answer.text
    body = answer.json()
    if dialect.name == "outreach":
        return {problem["source"]["parameter"] for problem in body["errors"]}
    if dialect.name == "ysuite":
        return set(body["errors"])
    return set(body.get("attributes") or body.get("field-errors") or body["error"]["fields"])


def lists(dialect: Dialect) -> list[tuple[str, dict[str, Any]]]:
    """The queries of lists; of one resource of Outreach, which all are alike."""
    rows = [(path, row) for path, row in asked(dialect) if "{" not in path and path != "/contacts/filter"]
    read = {route.path for route in dialect.routes if route.method == "GET"}
    return [(path, row) for path, row in rows if path in read and (dialect.name != "outreach" or "tasks" in path)]


@each_dialect
async def test_what_is_beyond_them_is_refused_by_name(alice: Person, dialect: Dialect) -> None:
    client, base = client_of(alice, dialect), dialect.prefix
    for path, row in lists(dialect):
        schema, name = row["schema"], row["name"]
        value = schema.get("items", schema)
        url = httpx.URL(str(client.base_url)).copy_with(path=base + path)
        longest = value.get("maxLength", LONGEST_TEXT)
        answers = [await client.get(url, params={name: "x" * (longest + 1)})]
        if "items" in schema:
            many = [f"{number}" for number in range(schema["maxItems"] + 1)]
            answers.append(await client.get(url, params={name: many if row["explode"] else ",".join(many)}))
        for answer in answers:
            assert refusal(dialect, answer) == {name}, (path, name)


@each_dialect
async def test_so_is_what_nobody_reads(alice: Person, dialect: Dialect) -> None:
    path = next(path for path, _ in lists(dialect))
    client = client_of(alice, dialect)
    url = httpx.URL(str(client.base_url)).copy_with(path=dialect.prefix + path)
    for sent in ("x" * (LONGEST_TEXT + 1), ["1"] * (MOST_VALUES + 1)):
        assert refusal(dialect, await client.get(url, params={"X-own": sent})) == {"X-own"}


@each_dialect
async def test_what_is_sent_with_two_values_is_refused_by_name(alice: Person, dialect: Dialect) -> None:
    """Of what is one value; and with the same value twice it is one."""
    client = client_of(alice, dialect)
    counts = [(path, row["name"]) for path, row in lists(dialect) if row["schema"].get("type") == "integer"]
    for path, name in counts:
        url = httpx.URL(str(client.base_url)).copy_with(path=dialect.prefix + path)
        if name in ("page[limit]", "page[offset]"):
            continue
        assert refusal(dialect, await client.get(url, params={name: ["1", "2"]})) == {name}
        assert (await client.get(url, params={name: ["1", "1"]})).status_code == 200
