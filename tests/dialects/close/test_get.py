import re
from typing import Any

import httpx
import pytest

from tests.dialects.close.asking import id_of, shown
from tests.dialects.close.records import NEVER, NO_IDS, new_task
from tests.dialects.close.wire import data_of, refusal_of
from tests.factories import task_of
from tests.people import Person, close_client, new_key
from touchbook.core.tasks.deleting import delete_task
from touchbook.store.postgres import Store


@pytest.mark.req("CL-47")
async def test_a_known_task_is_shown(alice: Person, bob: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    assert await shown(bob, task["id"]) == task


@pytest.mark.req("CL-47")
async def test_an_unknown_task_is_not_found(alice: Person, charlie: Person, lead: Any) -> None:
    """Another team's is as unknown as one that never was."""
    task = await new_task(alice, lead)
    for person, number in ((alice, f"task_{NEVER}"), (charlie, task["id"])):
        answer = await person.close.get(f"/task/{number}/")
        assert refusal_of(answer, 404) == {"error": "Task not found."}


@pytest.mark.req("CL-47")
@pytest.mark.parametrize("number", [*NO_IDS, "task_", "task_" + "z" * 43, "%F0%9F%8F%A1", "task_" + "0" * 5000])
async def test_an_id_that_is_none_is_not_found(alice: Person, lead: Any, number: str) -> None:
    await new_task(alice, lead)
    refusal_of(await alice.close.get(f"/task/{number}/"), 404)


async def test_a_lead_s_id_is_no_task_s(alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    refusal_of(await alice.close.get(f"/task/{task['id'].replace('task_', 'lead_')}/"), 404)
    refusal_of(await alice.close.get(f"/task/{lead['id'].replace('lead_', 'task_')}/"), 404)


async def test_a_deleted_task_is_not_found(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    refusal_of(await alice.close.get(f"/task/{id_of(task)}/"), 404)


async def test_ids_and_times_have_their_form(alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    for member in ("id", "lead_id", "assigned_to", "created_by", "organization_id"):
        assert re.fullmatch("(task|lead|user|orga)_0{21}[0-9A-Za-z]{22}", task[member])
    for member in ("date_created", "date_updated"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00", task[member])


@pytest.mark.req("CL-61")
@pytest.mark.parametrize(
    ("method", "path"), [("GET", ""), ("POST", ""), ("PUT", ""), ("PUT", "x"), ("DELETE", "x")]
)
@pytest.mark.parametrize("key", [None, "", "nonsense", "tb_1_nonsense", "other"])
async def test_without_a_valid_key_nothing_is_answered(
    alice: Person, lead: Any, method: str, path: str, key: str | None
) -> None:
    task = await new_task(alice, lead)
    auth = None if key is None else (alice.key[:-1] + "?" if key == "other" else key, "")
    async with httpx.AsyncClient(base_url=f"{alice.url}/api/v1/task/", auth=auth, verify=False) as stranger:
        address = f"{task['id']}/" if path else "?_type=all"
        answer = await stranger.request(method, address, json={"is_complete": True, "lead_id": lead["id"]})
    refusal_of(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert data_of(await alice.close.get("/task/")) == [task]


@pytest.mark.req("CL-61")
async def test_a_valid_key_is_user_name_or_bearer_token(alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    async with httpx.AsyncClient(base_url=f"{alice.url}/api/v1", verify=False) as client:
        bearer = await client.get("/task/", headers={"authorization": f"Bearer {alice.key}"})
        assert data_of(bearer) == [task]
        assert data_of(await client.get("/task/", auth=(alice.key, ""))) == [task]


async def test_a_key_that_only_reads_writes_nothing(store: Store, alice: Person, lead: Any) -> None:
    task = await new_task(alice, lead)
    reader = close_client(alice.url, await new_key(store, alice, "read"))
    assert data_of(await reader.get(f"/task/{task['id']}/")) == task
    refusal_of(await reader.put(f"/task/{task['id']}/", json={"is_complete": True}), 403)
    refusal_of(await reader.put("/task/?_type=all", json={"is_complete": True}), 403)
    refusal_of(await reader.post("/task/", json={"lead_id": lead["id"]}), 403)
    refusal_of(await reader.delete(f"/task/{task['id']}/"), 403)
    assert data_of(await alice.close.get("/task/")) == [task]
    by_post = await reader.post("/task/", json={"_params": {}}, headers={"x-http-method-override": "GET"})
    assert data_of(by_post) == [task]
