"""Whatever is wrong with a request: a 4xx in YSuite's shape, and nothing has changed."""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.factories import contact_of
from tests.people import Person, ysuite_headers
from touchbook.core.contacts.contact import Contact
from touchbook.store.postgres import Store


@pytest.fixture
async def contact(store: Store, alice: Person) -> Contact:
    return await contact_of(store, alice)


@pytest.fixture(autouse=True)
async def unchanged(store: Store, alice: Person, contact: Contact) -> AsyncIterator[None]:
    """Neither a task nor an event more than before."""
    before = await _rows(store, alice)
    yield
    assert await _rows(store, alice) == before


async def _rows(store: Store, person: Person) -> tuple[int, int]:
    async with store.reading() as reader:
        tasks = await reader.fetch_value("select count(*) from tasks where team_id = $1", person.team.id)
        events = await reader.fetch_value("select count(*) from events where team_id = $1", person.team.id)
    return tasks, events


def refused(answer: httpx.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, answer.text
    assert answer.json()["success"] is False
    assert answer.json()["message"]


def body_of(contact: Contact, **members: Any) -> dict[str, Any]:
    return {"title": "Task", "start_datetime": "2026-07-15T10:00:00", "cstid": contact.id, **members}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"title=Task",
        b"null",
        b"[]",
        b'"text"',
        b"12",
        b"\xff\xfe",
        b'{"title": "\xff"}',
        b'{"title": "\\ud800"}',
        b'{"title": "a\\u0000b"}',
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
        b'{"priority": 1e400}',
        b'{"priority": ' + b"9" * 500 + b"}",
        b'{"cstid": 9223372036854775808}',
        b'{"title": NaN}',
        b"\xef\xbb\xbf{}",
    ],
)
async def test_bodies_that_are_no_object(alice: Person, content: bytes) -> None:
    refused(await alice.ysuite.post("/tasks", content=content, headers=JSON), 400, 422)


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    "members",
    [
        {"title": ""},
        {"title": "   "},
        {"title": None},
        {"title": 5},
        {"title": "a\0b"},
        {"title": ["a"]},
        {"start_datetime": "2026-13-01T00:00:00"},
        {"start_datetime": "2026-07-15"},
        {"start_datetime": "2026-07-15T10:00:00Z"},
        {"start_datetime": "2026-07-15T10:00:00+02:00"},
        {"start_datetime": "0001-01-01T00:00:00"},
        {"start_datetime": "9999-12-31T23:59:59"},
        {"start_datetime": 1752573600},
        {"end_datetime": "2026-07-15T09:59:59"},
        {"cstid": "1"},
        {"cstid": 0},
        {"cstid": -1},
        {"cstid": 1.5},
        {"cstid": True},
        {"cstid": 2**63 - 1},
        {"deal_id": 2**31},
        {"priority": 5},
        {"priority": -1},
        {"priority": "high"},
        {"status": 5},
        {"assigned_user_id": 2**62},
        {"tags": 1},
        {"tags": ["hot"]},
        {"tags": [0]},
        {"tags": [2**62]},
        {"description": {"a": 1}},
    ],
)
async def test_members_that_cannot_be(alice: Person, contact: Contact, members: dict[str, Any]) -> None:
    content = json.dumps(body_of(contact, **members))
    refused(await alice.ysuite.post("/tasks", content=content, headers=JSON), 400, 422)


async def test_a_time_that_the_clocks_of_the_team_skip(alice: Person, contact: Contact) -> None:
    for name, times in {
        "start_datetime": {"start_datetime": "2026-03-08T02:00:00"},
        "end_datetime": {"start_datetime": "2026-03-08T01:30:00", "end_datetime": "2026-03-08T02:59:59"},
    }.items():
        answer = await alice.ysuite.post("/tasks", json=body_of(contact, **times))
        refused(answer, 422)
        sentence = (
            f"The {name.replace('_', ' ')} is skipped by the clocks of the team's time zone, America/Chicago."
        )
        assert answer.json()["errors"] == {name: [sentence]}


async def test_more_than_a_mebibyte(alice: Person, contact: Contact) -> None:
    refused(await alice.ysuite.post("/tasks", json=body_of(contact, description="x" * 2**20)), 413)


async def test_more_than_a_mebibyte_in_chunks(alice: Person) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 2**16

    async def sent() -> AsyncIterator[bytes]:
        for chunk in chunks():
            yield chunk

    refused(await alice.ysuite.post("/tasks", content=sent(), headers=JSON), 413)


async def test_another_kind_of_body(alice: Person, contact: Contact) -> None:
    headers = {"content-type": "text/xml"}
    refused(await alice.ysuite.post("/tasks", content=json.dumps(body_of(contact)), headers=headers), 415)


@pytest.mark.parametrize(
    "identifier",
    ["0", "-1", "null", "1.0", "1e3", "9223372036854775808", "9" * 400, "%00", "٣", "1%20", "a", "%ff"],
)
async def test_identifiers(alice: Person, identifier: str) -> None:
    refused(await alice.ysuite.get(f"/tasks/{identifier}"), 400)


@pytest.mark.parametrize(
    "query",
    [
        "pageSize=0",
        "pageSize=-1",
        "pageSize=ten",
        "pageSize=1.5",
        "pageSize=99999999999999999999",
        "pageIndex=-1",
        "pageIndex=9223372036854775807",
        "status=5",
        "status=open",
        "priority=-1",
        "assigned_user_id=0",
        "assigned_user_id=me",
        "due_date_from=2026-13-01",
        "due_date_from=tomorrow",
        "due_date_to=0001-01-01",
        "due_date_to=9999-12-31",
        "sortBy=password",
        "sortOrder=sideways",
        "search=%00",
        "search=a&search=b",
        "search=" + "x" * 2001,
    ],
)
async def test_queries(alice: Person, query: str) -> None:
    refused(await alice.ysuite.get(f"/tasks?{query}"), 400, 422)


@pytest.mark.parametrize(
    "query", ["search=%ff%fe", "search=%", "search=%25_%5C", "search=" + "x" * 2000, "search=a&search=a"]
)
async def test_odd_queries_find_nothing_wrong(alice: Person, query: str) -> None:
    assert (await alice.ysuite.get(f"/tasks?{query}")).status_code == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/tasks", "/tasks/1", "/contacts/1"])
async def test_methods_that_a_path_lacks(alice: Person, method: str, path: str) -> None:
    answer = await alice.ysuite.request(method, path)
    refused(answer, 405)
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("path", ["", "/", "/task", "/tasks/1/notes", "/../v1/nothing"])
async def test_paths_that_are_not_there(alice: Person, path: str) -> None:
    refused(await alice.ysuite.get(path), 400)


@pytest.mark.parametrize("path", ["/v1/tasks/", "/v1//tasks", "//v1/tasks"])
async def test_slashes_more_or_less(server: str, alice: Person, path: str) -> None:
    async with httpx.AsyncClient(headers=ysuite_headers(alice.key), verify=False) as client:
        assert (await client.get(server + path)).status_code == 200


async def test_head_is_get_without_its_body(alice: Person) -> None:
    answer = await alice.ysuite.head("/tasks")
    assert answer.status_code == 200
    assert answer.content == b""


@pytest.mark.parametrize("key", ["x" * 256, "a\tb" * 100])
async def test_idempotency_keys_that_are_too_long(alice: Person, contact: Contact, key: str) -> None:
    headers = {"idempotency-key": key}
    refused(await alice.ysuite.post("/tasks", json=body_of(contact), headers=headers), 422)
