"""A slash that comes encoded (`%2F`) is part of a name, in every path, with an Idempotency-Key or without one."""

import io
import json
import re
import secrets
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any
from urllib.parse import quote, unquote

import httpx
import pytest
import structlog

from tests.conformance.watching import Watching
from tests.people import Person, bearer_headers, close_headers, outreach_headers, ysuite_headers
from tests.serving import serving
from touchbook.app import DIALECTS, build_app
from touchbook.config import Settings
from touchbook.http.path import path_to_route, written
from touchbook.http.route import Dialect
from touchbook.operation.logs import set_up_logging
from touchbook.store.postgres import Store

UNKNOWN = {dialect.name: 400 if dialect.name == "ysuite" else 404 for dialect in DIALECTS}
HEADERS = {"close": close_headers, "outreach": outreach_headers, "ysuite": ysuite_headers}
NAMES = ["%2F", "a%2Fb", "%2f%2F", "%252F", "%2F%00", "%2F%FF"]
each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@pytest.fixture
def log(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    before = structlog.get_config()
    file = io.StringIO()
    set_up_logging(settings, file)
    for place in ("operation.observing", "http.serving"):
        # A logger keeps to where it wrote first.
        monkeypatch.setattr(f"touchbook.{place}._log", structlog.get_logger())
    yield file
    structlog.configure(**before)


@pytest.fixture
async def url(settings: Settings, store: Store, log: io.StringIO) -> AsyncIterator[str]:
    async with serving(Watching(build_app(settings, store))) as url:
        yield url


def headers_of(dialect: Dialect, person: Person, key: str | None = None) -> dict[str, str]:
    headers = HEADERS.get(dialect.name, bearer_headers)(person.key)
    return {**headers, "idempotency-key": key} if key else headers


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@each_dialect
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("key", [None, "one"])
async def test_an_unknown_path_is_not_found(
    url: str, alice: Person, log: io.StringIO, dialect: Dialect, method: str, key: str | None
) -> None:
    paths = [f"{root}/no/such{tail}" for root in dialect.roots for tail in ("%2Fthing", "%2f", "/%2F/", "%2F%2F")]
    paths += [f"{root}/{name}/no/such" for root in dialect.roots for name in NAMES]
    async with httpx.AsyncClient(base_url=url, verify=False, headers=headers_of(dialect, alice, key)) as client:
        for path in paths:
            answer = await client.request(method, path)
            assert answer.status_code == UNKNOWN[dialect.name], (path, answer.text)
            assert answer.headers["content-type"] == dialect.media_type
        measured = (await client.get("/metrics")).text
    told = [line for line in lines(log) if line.get("dialect") == dialect.name]
    assert [line["status"] for line in told] == [UNKNOWN[dialect.name]] * len(paths)
    assert {line["route"] for line in told} == {"none"}
    assert "such" not in measured


@each_dialect
async def test_what_is_not_found_is_named_as_it_was_sent(url: str, alice: Person, dialect: Dialect) -> None:
    async with httpx.AsyncClient(base_url=url, verify=False, headers=headers_of(dialect, alice)) as client:
        for root in dialect.roots:
            assert f"{root}/no%2Fsuch/thing" in (await client.get(f"{root}/no%2fsuch//thing/")).text
            assert f"{root}/100%25" in (await client.get(f"{root}/100%25/no")).text


@pytest.mark.parametrize(("path", "dialect"), [("/api%2Fv1/task", "close"), ("/contacts%2Ftags", "rechat")])
async def test_a_slash_in_a_name_leads_to_no_other_path(url: str, alice: Person, path: str, dialect: str) -> None:
    for key in (None, "one"):
        headers = bearer_headers(alice.key) | ({"idempotency-key": key} if key else {})
        async with httpx.AsyncClient(base_url=url, verify=False, headers=headers) as client:
            for method in ("GET", "POST"):
                answer = await client.request(method, path)
                assert answer.status_code == UNKNOWN[dialect]
                assert f"The path {path} does not exist." in answer.text


@each_dialect
@pytest.mark.parametrize("count", [2, pytest.param(len(NAMES), marks=pytest.mark.long)])
async def test_a_name_with_a_slash_is_no_error_of_the_server(
    url: str, alice: Person, log: io.StringIO, dialect: Dialect, count: int
) -> None:
    """Each route is tried with two of the names, and in the long run with all."""
    expected: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=url, verify=False) as client:
        for number, route in enumerate(route for route in dialect.routes if "{" in route.path):
            expected[dialect.prefix + route.path] += 2 * count
            for name in (NAMES * 2)[number % len(NAMES) :][:count]:
                path = dialect.prefix + re.sub(r"\{\w+\}", name, route.path)
                for key in (None, f"key {number} {name}"):
                    headers = headers_of(dialect, alice, key)
                    answer = await client.request(route.method, path, json={}, headers=headers)
                    assert 400 <= answer.status_code < 500, (path, answer.text)
    assert Counter(line["route"] for line in lines(log) if line["event"] == "request") == expected


@pytest.mark.parametrize("name", ["%00", "%2F%00", secrets.token_urlsafe(9000)])
async def test_a_name_that_no_column_holds_is_refused_with_a_key_too(alice: Person, name: str) -> None:
    for headers in ({}, {"idempotency-key": "one"}):
        answer = await alice.rechat.post(f"/contacts/{name}/attributes", json={}, headers=headers)
        assert answer.status_code == 400, answer.text


async def test_what_is_encoded_once_and_twice_are_two_names(alice: Person) -> None:
    days = {"a/b": 7, "a%2Fb": 8}
    for tag, touch_freq in days.items():
        await alice.rechat.post("/contacts/tags", json={"tag": tag})
        path = f"/contacts/tags/{quote(tag, safe='')}/touch"
        assert (await alice.rechat.patch(path, json={"touch_freq": touch_freq})).status_code == 204
    tags = (await alice.rechat.get("/contacts/tags")).json()["data"]
    assert {tag["text"]: tag["touch_freq"] for tag in tags if tag["text"] in days} == days


def test_one_text_is_written_for_one_path() -> None:
    raw = [b"/a/b", b"/a%2Fb", b"/a%2fb", b"/a%252Fb", b"/a%252fb"]
    paths = [path_to_route({"raw_path": path, "path": unquote(path.decode())}) for path in raw]
    assert list(map(written, paths)) == ["/a/b", "/a%2Fb", "/a%2Fb", "/a%252Fb", "/a%252fb"]
