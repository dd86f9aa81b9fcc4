"""One line a request, by which it is found again; nothing in it that is nobody's business."""

import io
import json
import logging
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import structlog

from tests.factories import contact_of
from tests.people import Person, ysuite_headers
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.operation.logs import set_up_logging
from touchbook.store.postgres import Store


@pytest.fixture
def log(settings: Settings) -> Iterator[io.StringIO]:
    before = structlog.get_config()
    file = io.StringIO()
    set_up_logging(settings, file)
    yield file
    structlog.configure(**before)


@pytest.fixture
async def client(settings: Settings, store: Store, alice: Person) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(build_app(settings, store)) as url,
        httpx.AsyncClient(base_url=f"{url}/v1", headers=ysuite_headers(alice.key)) as client,
    ):
        yield client


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


async def test_a_request_is_one_line(log: io.StringIO, client: httpx.AsyncClient, alice: Person) -> None:
    answer = await client.get("/tasks", params={"search": "divorce"}, headers={"x-request-id": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    (line,) = [line for line in lines(log) if line["event"] == "request"]
    expected = {"request_id": "mine-1", "status": 200, "route": "/v1/tasks", "dialect": "ysuite", "method": "GET"}
    assert expected.items() <= line.items()
    assert line["team"] == alice.team.id
    assert line["key"] == alice.caller.key_id
    assert "divorce" not in log.getvalue()


@pytest.mark.parametrize("sent", ["", "x" * 65, "two words", "<script>"])
async def test_an_odd_request_id_is_not_taken(log: io.StringIO, client: httpx.AsyncClient, sent: str) -> None:
    answer = await client.get("/tasks", headers={"x-request-id": sent})
    assert answer.headers["x-request-id"] != sent
    assert len(answer.headers["x-request-id"]) == 16


async def test_errors_have_an_id_too(log: io.StringIO, client: httpx.AsyncClient) -> None:
    assert (await client.get("/nowhere")).headers["x-request-id"]


async def test_neither_secrets_nor_bodies(
    log: io.StringIO, store: Store, client: httpx.AsyncClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when a request fails in the middle of its work."""
    contact = await contact_of(store, alice)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("touchbook.core.tasks.creating.insert_statement", fail)
    body = {"title": "Divorce papers", "start_datetime": "2026-07-15T10:00:00", "cstid": contact.id}
    answer = await client.post("/tasks", json=body)
    assert answer.status_code == 500
    assert answer.json() == {"success": False, "message": "Something went wrong on our side."}
    said = log.getvalue()
    assert "ZeroDivisionError" in said
    assert alice.key not in said
    assert alice.key.rpartition("_")[2] not in said
    assert "Divorce" not in said
    failed = next(line for line in lines(log) if line["event"] == "request failed")
    assert failed["request_id"] == answer.headers["x-request-id"]


async def test_the_words_of_the_database_stay_out(log: io.StringIO, store: Store) -> None:
    """They quote what was sent; its code and the place in our code are enough."""
    sent = "DIVORCE".lower()
    try:
        async with store.reading() as reader:
            await reader.fetch_value("select $1::text::int", sent)
    except Exception:
        structlog.get_logger().exception("request failed")
    (line,) = lines(log)
    assert "SQLSTATE 22P02" in line["exception"]
    assert "test_logs.py" in line["exception"]
    assert "divorce" not in log.getvalue()


def test_lines_of_libraries_are_json_too(log: io.StringIO) -> None:
    logging.getLogger("uvicorn.error").warning("Started at %s", "noon")
    (line,) = lines(log)
    assert line["event"] == "Started at noon"
    assert line["logger"] == "uvicorn.error"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_words_on_a_terminal(settings: Settings, log: io.StringIO) -> None:
    """A failure has its traceback below the line, as it has in the member of a JSON line."""
    terminal = _Terminal()
    set_up_logging(settings, terminal)
    structlog.get_logger().info("request", status=200)
    logging.getLogger("uvicorn.error").warning("Started at %s", "noon")
    try:
        raise ZeroDivisionError
    except ZeroDivisionError:
        structlog.get_logger().exception("request failed")
    said = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert re.search(r"\[info +\] request +status=200\n", said)
    assert re.search(r"\[warning +\] Started at noon ", said)
    assert said.rstrip().endswith("ZeroDivisionError")
    assert "{" not in said
    assert log.getvalue() == ""
