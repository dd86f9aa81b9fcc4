"""The tenancy matrix: one row a route, saying how it is asked and what its answer shows."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from tests.isolation.refusals import Refusal, Refusals
from tests.people import Person
from touchbook.http.route import Dialect, Route
from touchbook.store.postgres import Store

Make = Callable[[Store, Person], Awaitable[Any]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """`make` writes a record in a person's team and answers what the dialect calls it by.

    It stands in the path, or `body` names it, or `query` narrows the request to it; a list `shows` it.
    `naming` and `asking` are the members of the body and the query that name records, each with what makes
    one; `plain` are the body's other members. `common`: the answer is the same for everybody.
    `wrapping`: how such a member holds what names the record, where it is not that alone.
    `personal`: the record is one person's alone; a teammate learns no more of it than a stranger.
    `own`: it names no record, and whoever asks makes one of their own. `files`: what is sent in place of a body.
    `about`: the members of `naming` that are answered like a name in the path if there is no such record.
    """

    make: Make
    shows: Callable[[Any, Any], bool]
    body: Callable[[Any], dict[str, Any]] | None = None
    query: Callable[[Any], dict[str, Any]] | None = None
    naming: Mapping[str, Make] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()
    asking: Mapping[str, Make] = field(default_factory=dict)
    common: bool = False
    wrapping: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    own: bool = False
    personal: bool = False
    files: Mapping[str, tuple[str, bytes]] | None = None
    about: frozenset[str] = frozenset()

    def wrap(self, name: str, record: Any) -> Any:
        return self.wrapping[name](record) if name in self.wrapping else record


@dataclass(frozen=True, kw_only=True)
class Table:
    """`headers` present a key; `never` is what no record is called by; `rows` by method and path; `refusals` are
    the dialect's documented ones.
    """

    headers: Callable[[str], dict[str, str]]
    refusals: Refusals
    never: Any
    rows: Mapping[tuple[str, str], Row]


def missing_rows(dialects: Iterable[Dialect], tables: Mapping[str, Table]) -> set[str]:
    """Routes without a row, rows without a route, members of a body that no row knows. Public ones have no row."""
    missing: set[str] = set()
    for dialect in dialects:
        rows = tables[dialect.name].rows if dialect.name in tables else {}
        routes = {(route.method, route.path): route for route in dialect.routes if not route.public}
        missing |= {f"{dialect.name} {method} {path}" for method, path in routes.keys() ^ rows.keys()}
        for place in routes.keys() & rows.keys():
            missing |= {f"{dialect.name} {place}: {name}" for name in _unknown(routes[place], rows[place])}
    return missing


def _unknown(route: Route, row: Row) -> set[str]:
    members = {each.encode_name for each in _fields(route.body)}
    asked = {each.encode_name for each in _fields(route.query)}
    return (members ^ (row.naming.keys() | row.plain)) | (row.asking.keys() - asked)


def _fields(struct: Any) -> Any:
    return msgspec.structs.fields(struct) if struct else ()


@dataclass(frozen=True)
class Question:
    """One route, as it is asked by whoever holds a key."""

    dialect: Dialect
    route: Route
    table: Table
    row: Row
    client: httpx.AsyncClient

    @property
    def names_record(self) -> bool:
        return "{" in self.route.path or (
            self.row.body is not None and self.row.query is None and not self.row.own
        )

    @property
    def refusal(self) -> Refusal:
        """The documented answer where the record that is named is not there."""
        row = self.row
        is_about = "{" in self.route.path or (row.about and row.about == row.naming.keys())
        return self.table.refusals.missing if is_about else self.table.refusals.unknown

    def refusal_of(self, member: str) -> Refusal:
        """The same where a member of the body names it."""
        refusals = self.table.refusals
        return refusals.missing if member in self.row.about else refusals.unknown

    def shown(self, answer: httpx.Response, record: Any) -> bool:
        return self.row.shows(answer.json() if answer.content else None, record)

    async def ask(
        self, key: str | None, record: Any, *, changed: Mapping[str, Any] | None = None, **query: Any
    ) -> httpx.Response:
        """`changed` are members of the body in place of the row's own, or of an object in it. A tuple has a name
        for each place in the path; what is no tuple stands in each.
        """
        names = iter(record if isinstance(record, tuple) else (record,) * 2)
        body = _merged(self.row.body(record), changed or {}) if self.row.body else None
        narrowed = self.row.query(record) if self.row.query else {}
        return await self.client.request(
            self.route.method,
            self.dialect.prefix + re.sub(r"{\w+}", lambda _: str(next(names)), self.route.path),
            headers=self.table.headers(key) if key else {},
            params={**narrowed, **query},
            json=[body] if self.route.body_listed else body,
            files=self.row.files,
        )


def _merged(body: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    objects = {name: {**body[name], **value} for name, value in changed.items() if isinstance(value, dict)}
    return {**body, **changed, **objects}
