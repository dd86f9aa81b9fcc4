"""Kinds of clients, asked of every route that a dialect has: who sends back what was shown, and who pages too far.

The connector that reads rate headers of every answer stands in `test_limiting.py`, the one that refreshes a token
twice in `test_refreshing.py`.
"""

import httpx
import pytest

from tests.conformance.document import document_of
from tests.core.sequences.records import replied_in_sequence
from tests.dialects.close.records import new_lead
from tests.dialects.outreach.asking import created, sent
from tests.dialects.outreach.campaigns import new_sequence, new_step, new_template
from tests.factories import contact_of, deal_of, task_of
from tests.people import Person
from touchbook.app import DIALECTS
from touchbook.http.route import Dialect, Route
from touchbook.store.postgres import Store

OFFSETS = ("start", "offset", "_skip", "pageIndex", "page[offset]")
READS = {(dialect.name, route.path) for dialect in DIALECTS for route in dialect.routes if route.method == "GET"}
WHOLE = [
    (dialect, route)
    for dialect in DIALECTS
    for route in dialect.routes
    if route.method in ("PUT", "PATCH")
    and (dialect.name, route.path) in READS
    and (route.path.endswith("/{id}") or route.path == "/team")
]
PAGED = [
    (dialect, path, row["name"])
    for dialect in DIALECTS
    for path, operations in document_of(dialect.name).content["paths"].items()
    for row in operations.get("get", {}).get("parameters", ())
    if row["name"] in OFFSETS and "{" not in path
]


each_dialect = pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)


@pytest.fixture
async def some(store: Store, alice: Person) -> None:
    """One of each record at least."""
    await replied_in_sequence(store, alice)
    contact = await contact_of(store, alice, "Ann", emails=["ann@example.com"], company="Roofs", tags=["Hot"])
    await deal_of(store, alice)
    await task_of(store, alice, "Call Ann", contact_id=contact.id)
    step = await new_step(alice, await new_sequence(alice), stepType="manual_email")
    related = {
        "sequenceStep": ("sequenceStep", step["id"]),
        "template": ("template", (await new_template(alice))["id"]),
    }
    await created(alice, "/sequenceTemplates", sent("sequenceTemplate", related=related))
    await new_lead(alice, contacts=[{"name": "Sarah Connor"}])
    await alice.touchbook.post("/lists", json={"name": "Buyers"})


async def events_of(store: Store, person: Person) -> int:
    async with store.reading() as reader:
        count: int = await reader.fetch_value(
            "select count(*) from events e where e.team_id = $1", person.caller.team_id
        )
    return count


def url_of(person: Person, dialect: Dialect, path: str) -> str:
    return f"{person.url}{dialect.prefix}{path}"


@each_dialect
async def test_what_is_sent_back_as_it_was_shown_changes_nothing(
    some: None, store: Store, alice: Person, dialect: Dialect
) -> None:
    """Only Rechat's task has an `updated_at` that moves with every PUT, as its document says."""
    client: httpx.AsyncClient = getattr(alice, dialect.name)
    for route in (route for each, route in WHOLE if each is dialect):
        before = await events_of(store, alice)
        for url in await urls_of(alice, dialect, route):
            shown = (await client.get(url)).json()
            whole = shown if dialect.name == "outreach" else shown.get("data", shown)
            answer = await client.request(route.method, url, json=whole)
            assert answer.status_code == 200, answer.text
            later = (await client.get(url)).json()
            if route.path == "/crm/tasks/{id}":
                shown["data"]["updated_at"] = later["data"]["updated_at"]
            assert later == shown
        assert await events_of(store, alice) == before, route.path


async def urls_of(person: Person, dialect: Dialect, route: Route) -> list[str]:
    """Of each record that the list shows which stands above the route."""
    url = f"{person.url}{dialect.prefix}{route.path}"
    if "{id}" not in url:
        return [url]
    client: httpx.AsyncClient = getattr(person, dialect.name)
    records = (await client.get(url.removesuffix("/{id}"))).json()["data"]
    assert records
    return [url.replace("{id}", str(each["id"])) for each in records]


@each_dialect
async def test_beyond_the_end_is_an_empty_page_or_refused(some: None, alice: Person, dialect: Dialect) -> None:
    """A client that goes on until a page is empty ends there: no record comes twice, and no error of ours."""
    client: httpx.AsyncClient = getattr(alice, dialect.name)
    for path, name in ((path, name) for each, path, name in PAGED if each is dialect):
        for beyond in (1_000, 10_000, 10**9, 2**63, 10**30):
            answer = await client.get(f"{alice.url}{dialect.prefix}{path}", params={name: str(beyond)})
            if answer.status_code == 200:
                rows = answer.json()["data"]
                assert (rows["data"] if dialect.name == "ysuite" else rows) == [], (path, beyond)
            else:
                assert beyond > 1_000
                assert answer.status_code == (422 if dialect.name == "ysuite" else 400), answer.text
                assert name in answer.text


def test_each_dialect_has_such_routes() -> None:
    assert {dialect.name for dialect, _ in WHOLE} == {"close", "outreach", "rechat", "touchbook"}
    assert {dialect.name for dialect, *_ in PAGED} == {dialect.name for dialect in DIALECTS}
