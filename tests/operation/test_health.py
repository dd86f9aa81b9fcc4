"""What watches Touchbook asks."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.people import Person
from tests.serving import serving
from touchbook import __version__
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.store.postgres import Store


@pytest.fixture
async def client(server: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=server, verify=False) as client:
        yield client


async def test_lives_and_is_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok", "version": __version__}
    assert (await client.get("/readyz")).json() == {"status": "ready"}


async def test_without_its_database_it_lives_and_is_not_ready(settings: Settings) -> None:
    unreachable = await Store.open("postgresql://nobody@127.0.0.1:1/nothing")
    async with serving(build_app(settings, unreachable)) as url, httpx.AsyncClient(base_url=url) as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"] == "The database cannot be reached."
    await unreachable.close()


async def test_metrics_count_by_template(client: httpx.AsyncClient, alice: Person) -> None:
    await alice.ysuite.get("/tasks/987654321")
    text = (await client.get("/metrics")).text
    assert 'touchbook_requests_total{dialect="ysuite",method="GET",route="/v1/tasks/{id}",status="400"}' in text
    assert "touchbook_request_seconds_bucket" in text
    assert "touchbook_database_connections" in text
    assert "987654321" not in text


@pytest.mark.parametrize("name", ["close", "ysuite"])
async def test_documents_need_nothing_from_elsewhere(client: httpx.AsyncClient, name: str) -> None:
    page = await client.get(f"/docs/{name}")
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert 'src="http' not in page.text
    document = (await client.get(f"/docs/{name}/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    assert all(path in page.text for path in document["paths"])


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/nothing", "/v1/tasks", "/api/v1/task/", "/contacts", "/api/v2/tasks", "/touchbook/v1/tasks"],
)
async def test_no_answer_is_guessed_at_or_kept(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_one_with_data_neither(alice: Person) -> None:
    answer = await alice.ysuite.get("/tasks")
    assert answer.status_code == 200
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("cache-control") == ["no-store"]
