"""Bad input by hand: a refusal in Close's shape, and nothing changed."""

from typing import Any

import httpx
import pytest

from tests.dialects.close.asking import seen_from, shown
from tests.dialects.close.records import NO_IDS, new_task
from tests.dialects.close.test_create import BAD_DATES
from tests.dialects.close.wire import data_of, refusal_of
from tests.people import Person

NO_OBJECTS = [
    b"",
    b"null",
    b"[]",
    b"5",
    b'"text"',
    b"{",
    b"{'a': 1}",
    b'{"text": "a"} x',
    b"\xff\xfe",
    b'{"text": "\xff"}',
    b'{"text": NaN}',
    b"lead_id=x",
    b'{"text": "a\\u0000b"}',
    b'{"text": "\\ud800"}',
    b'{"a\\u0000": 1}',
    b'{"x": 9223372036854775808}',
    b'{"x": 1' + b"0" * 400 + b"}",
    b'{"x":' * 70 + b"1" + b"}" * 70,
    b"[" * 100_000,
]


@pytest.fixture
async def task(alice: Person, lead: Any) -> Any:
    return await new_task(alice, lead, "Follow up", date="2015-01-12")


async def check_untouched(person: Person, task: Any) -> None:
    assert data_of(await person.close.get("/task/?_type=all")) == [task]


@pytest.mark.parametrize("body", NO_OBJECTS)
async def test_a_body_that_is_no_object_is_refused(alice: Person, task: Any, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    for method, path in (("POST", ""), ("PUT", f"{task['id']}/"), ("PUT", "?_type=all")):
        answer = await alice.close.request(method, f"/task/{path}", content=body, headers=headers)
        assert refusal_of(answer, 400) == {}
    by_post = {**headers, "x-http-method-override": "GET"}
    assert refusal_of(await alice.close.post("/task/", content=body, headers=by_post), 400) == {}
    await check_untouched(alice, task)


@pytest.mark.parametrize("params", [None, [], 5, "id"])
async def test_parameters_in_a_body_are_an_object(alice: Person, params: Any) -> None:
    headers = {"x-http-method-override": "GET"}
    answer = await alice.close.post("/task/", json={"_params": params}, headers=headers)
    assert refusal_of(answer, 400).keys() == {"_params"}


async def test_a_body_that_is_too_large_is_refused(alice: Person, lead: Any, task: Any) -> None:
    whole = {"lead_id": lead["id"], "is_complete": True, "nonsense": "x" * 1024 * 1024}
    for method, path in (("POST", ""), ("PUT", f"{task['id']}/"), ("PUT", "?_type=all")):
        refusal_of(await alice.close.request(method, f"/task/{path}", json=whole), 413)
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], "text": "x" * 65_537})
    assert refusal_of(answer, 400).keys() == {"text"}
    await check_untouched(alice, task)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
async def test_a_body_of_another_kind_is_refused(alice: Person, task: Any, kind: str) -> None:
    for method, path in (("POST", ""), ("PUT", f"{task['id']}/"), ("PUT", "?_type=all")):
        answer = await alice.close.request(
            method, f"/task/{path}", content=b'{"is_complete": true}', headers={"content-type": kind}
        )
        refusal_of(answer, 415)
    await check_untouched(alice, task)


async def test_a_body_of_no_declared_kind_is_read_as_json(alice: Person, task: Any) -> None:
    answer = await alice.close.put(f"/task/{task['id']}/", content=b'{"text": "Other"}')
    assert data_of(answer)["text"] == "Other"


@pytest.mark.parametrize(
    "member", ["lead_id", "contact_id", "assigned_to", "text", "date", "due_date", "is_complete", "_type"]
)
@pytest.mark.parametrize("value", [5, 1.5, [], {}, ["x"], {"id": "x"}])
async def test_a_member_of_another_type_is_refused(
    alice: Person, lead: Any, task: Any, member: str, value: Any
) -> None:
    answer = await alice.close.post("/task/", json={"lead_id": lead["id"], member: value})
    assert refusal_of(answer, 400).keys() == {member}
    await check_untouched(alice, task)


async def test_every_wrong_member_is_named_at_once(alice: Person, task: Any) -> None:
    answer = await alice.close.post("/task/", json={"lead_id": 5, "text": 5, "is_complete": "yes"})
    assert refusal_of(answer, 400).keys() == {"lead_id", "text", "is_complete"}
    await check_untouched(alice, task)


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE"])
async def test_a_method_that_a_path_lacks_is_not_allowed(alice: Person, task: Any, method: str) -> None:
    answer = await alice.close.request(method, "/task/", json={"is_complete": True})
    refusal_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "POST", "PUT"}
    await check_untouched(alice, task)


@pytest.mark.parametrize("method", ["PATCH", "POST", "OPTIONS"])
async def test_a_method_that_a_task_lacks_is_not_allowed(alice: Person, task: Any, method: str) -> None:
    answer = await alice.close.request(method, f"/task/{task['id']}/", json={"is_complete": True})
    refusal_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "PUT", "DELETE"}
    await check_untouched(alice, task)


@pytest.mark.parametrize("override", ["PUT", "DELETE", "PATCH", "", "GETS"])
async def test_a_post_stands_for_nothing_but_a_get(alice: Person, task: Any, override: str) -> None:
    headers = {"x-http-method-override": override}
    refusal_of(await alice.close.post("/task/", json={}, headers=headers), 400)
    refusal_of(await alice.close.post(f"/task/{task['id']}/", json={}, headers=headers), 405)
    await check_untouched(alice, task)


@pytest.mark.parametrize(
    "path", ["/tasks/", "/task/x/y/", "/task/x/complete", "/", "", "/nothing", "/task/%2e%2e/x/"]
)
async def test_a_path_that_is_none_is_not_found(alice: Person, path: str) -> None:
    for method in ("GET", "POST", "PUT"):
        answer = await alice.close.request(method, f"{alice.url}/api/v1{path}", json={})
        refusal_of(answer, 404)


@pytest.mark.parametrize(
    "query",
    ["id=%00", "lead_id=a%00b", "%00=1", "date__lt=2015-01-12%00", "_type=%00", "_fields=%00", "nonsense=%00"],
)
async def test_a_nul_in_the_address_is_refused(alice: Person, task: Any, query: str) -> None:
    assert refusal_of(await alice.close.get(f"/task/?{query}"), 400) == {}
    assert refusal_of(await alice.close.put(f"/task/?{query}", json={"is_complete": True}), 400) == {}
    await check_untouched(alice, task)


async def test_a_nul_in_an_id_is_refused(alice: Person, task: Any) -> None:
    for method in ("GET", "PUT", "DELETE"):
        refusal_of(await alice.close.request(method, "/task/task_%00/", json={}), 400)
    await check_untouched(alice, task)


@pytest.mark.parametrize("name", ["date", "date__lt", "due_date__gte", "date_created__gt", "date_updated__lte"])
@pytest.mark.parametrize("date", BAD_DATES)
async def test_a_bound_that_is_no_date_is_refused(alice: Person, task: Any, name: str, date: str) -> None:
    assert refusal_of(await alice.close.get("/task/", params={name: date}), 400).keys() == {name}
    answer = await alice.close.put("/task/", params={name: date}, json={"is_complete": True})
    assert refusal_of(answer, 400).keys() == {name}
    await check_untouched(alice, task)


async def test_a_bound_may_stand_at_the_edge_of_time(alice: Person, task: Any) -> None:
    for offset in (-14, 14):
        for name in ("date", "date_created"):
            for bound, op in (
                ("0001-01-02", "gte"),
                ("0001-01-02", "gt"),
                ("9999-12-30", "lte"),
                ("9999-12-30", "lt"),
            ):
                answer = await alice.close.get(
                    "/task/", params={f"{name}__{op}": bound}, headers=seen_from(offset)
                )
                assert data_of(answer) == [task]


@pytest.mark.parametrize("number", NO_IDS)
async def test_an_update_of_what_is_none_changes_nothing(alice: Person, task: Any, number: str) -> None:
    for name in ("id", "id__in", "lead_id", "assigned_to", "membership_id", "organization_id"):
        answer = await alice.close.put("/task/", params={name: number}, json={"is_complete": True})
        assert data_of(answer) == {"count": 0}
    await check_untouched(alice, task)


async def test_a_long_address_is_answered(alice: Person, task: Any) -> None:
    ids = ",".join([task["id"]] * 1000)
    async with httpx.AsyncClient(base_url=alice.url, auth=(alice.key, ""), verify=False) as client:
        answer = await client.get(f"/api/v1/task/?id__in={ids}")
    assert data_of(answer) == [await shown(alice, task["id"])]
