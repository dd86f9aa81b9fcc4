"""Every route of every dialect, asked by everybody."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import httpx
import msgspec
import pytest

from tests.isolation import rows_close, rows_outreach, rows_rechat, rows_touchbook, rows_ysuite
from tests.isolation.catalogue import Schema, count_rows
from tests.isolation.rows import Question, Row, Table, missing_rows
from tests.people import Person, new_key
from tests.serving import serving
from touchbook import app
from touchbook.app import DIALECTS, build_app
from touchbook.config import Settings
from touchbook.core.errors import Conflict, Invalid, NotFound
from touchbook.core.teams.issuing import revoke_key
from touchbook.core.teams.key import read_key_text
from touchbook.dialects.outreach.errors import NoSuchResource
from touchbook.http.call import Answer, Request
from touchbook.http.errors import NoSuchPath
from touchbook.http.route import Dialect, Route
from touchbook.store.postgres import Store

TABLES: dict[str, Table] = {
    "close": rows_close.TABLE,
    "outreach": rows_outreach.TABLE,
    "rechat": rows_rechat.TABLE,
    "touchbook": rows_touchbook.TABLE,
    "ysuite": rows_ysuite.TABLE,
}
UUID_TEXT = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PUBLIC = {"POST /oauth/token", "POST /oauth2/token", "GET /crm/files/{file}/{name}"}


def row_of(dialect: Dialect, route: Route) -> Row:
    return TABLES[dialect.name].rows[route.method, route.path]


def routes(wanted: Callable[[Row], Any] = bool) -> list[Any]:
    """Those with a row; that the others are told is a test of its own."""
    return [
        pytest.param((dialect, route), id=f"{dialect.name} {route.method} {route.path}")
        for dialect in DIALECTS
        if dialect.name in TABLES
        for route in dialect.routes
        if (route.method, route.path) in TABLES[dialect.name].rows and wanted(row_of(dialect, route))
    ]


@pytest.fixture(scope="session")
async def client(server: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        yield client


@pytest.fixture(params=routes())
def question(request: pytest.FixtureRequest, client: httpx.AsyncClient) -> Question:
    dialect, route = request.param
    return Question(dialect, route, TABLES[dialect.name], row_of(dialect, route), client)


@asynccontextmanager
async def nothing_written(store: Store, schema: Schema, *people: Person) -> AsyncIterator[None]:
    async def counts() -> list[dict[str, int]]:
        async with store.reading() as reader:
            return [await count_rows(reader, schema.tenants, person.team.id) for person in people]

    before = await counts()
    yield
    assert await counts() == before


def alike(answer: httpx.Response, record: Any) -> tuple[int, str]:
    """What was answered; the uuids, and numbers in quotes, that the request named are no part of it."""
    text = answer.text
    for name in record if isinstance(record, tuple) else (record,):
        text = text.replace(name, "?") if UUID_TEXT.fullmatch(str(name)) else text.replace(f"'{name}'", "'?'")
    return answer.status_code, text


def test_every_route_has_its_row() -> None:
    assert missing_rows(DIALECTS, TABLES) == set()


def test_nothing_else_is_public() -> None:
    """Who is given a token or a file, is told by the tests of these calls themselves."""
    found = [route for dialect in DIALECTS for route in dialect.routes if route.public]
    assert {f"{route.method} {route.path}" for route in found} == PUBLIC


def test_a_route_without_its_row_is_told() -> None:
    dialect = DIALECTS[0]
    new = msgspec.structs.replace(dialect.routes[0], path="/newcomers")
    grown = msgspec.structs.replace(dialect, routes=[*dialect.routes, new])
    assert missing_rows([grown], TABLES) == {f"{dialect.name} {new.method} /newcomers"}
    assert len(missing_rows([grown], {})) == len(grown.routes)
    assert missing_rows([_with_new_member(dialect)], TABLES)


def _with_new_member(dialect: Dialect) -> Dialect:
    def grown(route: Route) -> Route:
        bases = (route.body,) if route.body else ()
        body = msgspec.defstruct("Grown", [("uncle_id", int)], bases=bases, kw_only=True) if bases else None
        return msgspec.structs.replace(route, body=body)

    return msgspec.structs.replace(dialect, routes=[grown(route) for route in dialect.routes])


async def test_owner_and_teammate_are_served(store: Store, question: Question, alice: Person, bob: Person) -> None:
    for person in (alice, bob):
        record = await question.row.make(store, person if question.row.personal else alice)
        answer = await question.ask(person.key, record)
        if person is bob and question.route.scope == "admin":
            assert answer.status_code == 403
            continue
        assert answer.status_code == question.route.status, answer.text
        assert question.shown(answer, record)


async def test_a_stranger_learns_nothing(
    store: Store, schema: Schema, question: Question, alice: Person, charlie: Person
) -> None:
    """The answer is, byte for byte, the one that there was before: that nothing is there, as is documented."""
    before = await question.ask(charlie.key, question.table.never)
    record = await question.row.make(store, alice)
    if question.row.own:
        async with nothing_written(store, schema, alice):
            assert (await question.ask(charlie.key, record)).status_code == question.route.status
        return
    async with nothing_written(store, schema, alice, charlie):
        answer = await question.ask(charlie.key, record)
    if question.row.common and "{" in question.route.path:
        assert answer.content == (await question.ask(alice.key, record)).content
        return
    assert alike(answer, record) == alike(before, question.table.never)
    if question.names_record:
        assert question.refusal.fits(answer), answer.text
    elif not question.row.common:
        assert not question.shown(answer, record)


_ONE = {"close": "/task/{id}", "outreach": "/api/v2/tasks/{id}", "rechat": "/crm/tasks/{id}",
    "touchbook": "/lists/{id}", "ysuite": "/tasks/{id}"}  # fmt: skip
_OTHERWISE: dict[str, Exception] = {
    "a conflict": Conflict("Not found."),
    "a wrong value": Invalid({"id": ["Not found."]}),
    "no such path": NoSuchPath("/"),
}


@pytest.mark.parametrize("otherwise", _OTHERWISE)
async def test_an_answer_that_is_not_the_documented_one_is_told(
    store: Store, settings: Settings, alice: Person, charlie: Person, otherwise: str, monkeypatch: Any
) -> None:
    """A server that says the same of what is another team's and of what never was, but not that it is missing."""

    def spoilt(dialect: Dialect) -> Dialect:
        def render(error: Exception, request: Request) -> Answer:
            is_missing = isinstance(error, NotFound | NoSuchResource)
            return dialect.render_error(_OTHERWISE[otherwise] if is_missing else error, request)

        return msgspec.structs.replace(dialect, render_error=render)

    monkeypatch.setattr(app, "DIALECTS", tuple(map(spoilt, DIALECTS)))
    async with serving(build_app(settings, store)) as url, httpx.AsyncClient(base_url=url, verify=False) as client:
        for name, path in _ONE.items():
            dialect, route = next(each.values[0] for each in routes() if each.id == f"{name} GET {path}")
            question = Question(dialect, route, TABLES[name], row_of(dialect, route), client)
            before = await question.ask(charlie.key, question.table.never)
            record = await question.row.make(store, alice)
            answer = await question.ask(charlie.key, record)
            assert 400 <= answer.status_code < 500
            assert alike(answer, record) == alike(before, question.table.never)
            assert not question.refusal.fits(answer), answer.text


@pytest.mark.parametrize("question", routes(lambda row: row.personal), indirect=True)
async def test_a_teammate_learns_nothing_of_what_is_another_s(
    store: Store, schema: Schema, question: Question, alice: Person, bob: Person
) -> None:
    before = await question.ask(bob.key, question.table.never)
    record = await question.row.make(store, alice)
    async with nothing_written(store, schema, alice):
        answer = await question.ask(bob.key, record)
    assert alike(answer, record) == alike(before, question.table.never)
    if question.names_record:
        assert question.refusal.fits(answer), answer.text
    else:
        assert not question.shown(answer, record)


async def test_a_read_only_key_reads(store: Store, schema: Schema, question: Question, alice: Person) -> None:
    record = await question.row.make(store, alice)
    key = await new_key(store, alice, "read")
    if question.route.scope == "read":
        assert (await question.ask(key, record)).status_code == question.route.status
        return
    async with nothing_written(store, schema, alice):
        answer = await question.ask(key, record)
    assert answer.status_code == 403


async def test_without_a_key_nothing_is_served(
    store: Store, schema: Schema, question: Question, alice: Person
) -> None:
    record = await question.row.make(store, alice)
    async with nothing_written(store, schema, alice):
        answer = await question.ask(None, record)
    assert answer.status_code == 401


async def test_a_revoked_key_serves_no_more(
    store: Store, schema: Schema, question: Question, alice: Person
) -> None:
    """Never used before, so that no server remembers it; the answer is that for no key."""
    record = await question.row.make(store, alice)
    key = await new_key(store, alice, "admin")
    parts = read_key_text(key)
    assert parts is not None
    async with store.transaction() as tx:
        await revoke_key(tx, key_id=parts.id)
    async with nothing_written(store, schema, alice):
        answer = await question.ask(key, record)
    assert (answer.status_code, answer.content) == (401, (await question.ask(None, record)).content)


@pytest.mark.parametrize("question", routes(lambda row: row.naming), indirect=True)
async def test_a_write_cannot_name_another_teams_record(
    store: Store, schema: Schema, question: Question, alice: Person, charlie: Person
) -> None:
    """One member after the other; refused as what does not exist is."""
    record = await question.row.make(store, alice)
    for name, make in question.row.naming.items():
        foreign = await make(store, charlie)
        never = [question.table.never] if isinstance(foreign, list) else question.table.never
        wrap = partial(question.row.wrap, name)
        async with nothing_written(store, schema, alice, charlie):
            answer = await question.ask(alice.key, record, changed={name: wrap(foreign)})
            unknown = await question.ask(alice.key, record, changed={name: wrap(never)})
        assert question.refusal_of(name).fits(answer), (name, answer.text)
        assert alike(answer, foreign) == alike(unknown, never)
        own = await question.ask(alice.key, record, changed={name: wrap(await make(store, alice))})
        assert own.status_code == question.route.status, own.text


@pytest.mark.parametrize("question", routes(lambda row: row.asking), indirect=True)
async def test_a_list_cannot_be_asked_for_another_teams_record(
    store: Store, question: Question, alice: Person, charlie: Person
) -> None:
    record = await question.row.make(store, alice)
    for name, make in question.row.asking.items():
        answer = await question.ask(alice.key, record, **{name: await make(store, charlie)})
        unknown = await question.ask(alice.key, record, **{name: question.table.never})
        assert (answer.status_code, answer.content) == (unknown.status_code, unknown.content)
        assert not question.row.shows(answer.json(), record)
        own = await question.ask(alice.key, record, **{name: await make(store, alice)})
        assert question.row.shows(own.json(), record)
