"""Files of tasks: list, send, remove."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from tests.conformance.rechat.steps import REPLAY
from tests.core.files.rows import file_events_of, rows_of
from tests.core.tasks.rows import read
from tests.dialects.rechat.records import NEVER, NO_UIDS
from tests.dialects.rechat.wire import data_of, done, refusal_of
from tests.dialects.rechat.wire import rows_of as listed
from tests.factories import task_of
from tests.people import Person
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


@pytest.fixture
async def task(store: Store, alice: Person) -> Task:
    return await task_of(store, alice)


def path_of(task: Task) -> str:
    return f"/crm/tasks/{task.uid}/files"


async def send(person: Person, task: Task, name: str = "contract.pdf", content: bytes = b"%PDF-1.7") -> Any:
    return await person.rechat.post(path_of(task), files={"file": (name, content)})


async def names_of(person: Person, task: Task) -> list[str]:
    return [file["name"] for file in listed(await person.rechat.get(path_of(task)))]


async def test_a_task_without_files(alice: Person, task: Task) -> None:
    assert listed(await alice.rechat.get(path_of(task)), total=0) == []


async def test_what_was_sent_is_listed(store: Store, alice: Person, bob: Person, task: Task) -> None:
    first = data_of(await send(alice, task))
    second = data_of(await send(bob, task, "contacts.xls", (REPLAY / "files" / "contacts.xls").read_bytes()))
    found = listed(await bob.rechat.get(path_of(task)), total=2)
    assert [file["id"] for file in found] == [first["id"], second["id"]]
    assert [file["mime"] for file in found] == ["application/pdf", "application/vnd.ms-excel"]
    assert [file["created_by"] for file in found] == [str(p.caller.user_uid) for p in (alice, bob)]
    assert found[0].keys() == first.keys()
    assert (await alice.rechat.get(found[0]["url"])).content == b"%PDF-1.7"
    assert await names_of(alice, await task_of(store, alice)) == []


async def test_what_belongs_to_a_task_changes_it(store: Store, alice: Person, bob: Person, task: Task) -> None:
    file = data_of(await send(bob, task))
    grown = await read(store, alice, task)
    assert grown.updated_at > task.updated_at
    assert grown.updated_by == bob.user_id
    done(await alice.rechat.delete(f"{path_of(task)}/{file['id']}"))
    assert (await read(store, alice, task)).updated_at > grown.updated_at
    assert await file_events_of(store, alice) == [
        "file.created",
        "task.file_attached",
        "file.deleted",
        "task.file_detached",
    ]


async def test_a_file_that_was_removed_is_gone(alice: Person, task: Task) -> None:
    kept, gone = [data_of(await send(alice, task, name)) for name in ("kept", "gone")]
    place = f"{path_of(task)}/{gone['id']}"
    done(await alice.rechat.delete(place))
    assert [file["id"] for file in listed(await alice.rechat.get(path_of(task)), total=1)] == [kept["id"]]
    assert refusal_of(await alice.rechat.delete(place), 404) == f"File {gone['id']} not found"


async def test_the_file_of_another_task(store: Store, alice: Person, task: Task) -> None:
    other = await task_of(store, alice)
    file = data_of(await send(alice, other))
    refusal_of(await alice.rechat.delete(f"{path_of(task)}/{file['id']}"), 404)
    assert await names_of(alice, other) == ["contract.pdf"]


async def ask_all(person: Person, task: str, file: str) -> list[httpx.Response]:
    path = f"/crm/tasks/{task}/files"
    return [
        await person.rechat.get(path),
        await person.rechat.post(path, files={"file": ("a.csv", b"a")}),
        await person.rechat.delete(f"{path}/{file}"),
    ]


async def test_of_no_task(store: Store, alice: Person) -> None:
    for answer in await ask_all(alice, NEVER, NEVER):
        assert refusal_of(answer, 404) == f"Task {NEVER} not found"
    assert await rows_of(store, alice) == []


async def test_of_a_task_that_was_deleted(store: Store, alice: Person, task: Task) -> None:
    file = data_of(await send(alice, task))
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    for answer in await ask_all(alice, str(task.uid), file["id"]):
        refusal_of(answer, 404)


async def test_of_another_teams_task(store: Store, alice: Person, charlie: Person, task: Task) -> None:
    """Nor is anything kept of what was sent there."""
    file = data_of(await send(alice, task))
    for answer in await ask_all(charlie, str(task.uid), file["id"]):
        assert refusal_of(answer, 404) == f"Task {task.uid} not found"
    assert await rows_of(store, charlie) == []
    assert await names_of(alice, task) == ["contract.pdf"]


@pytest.mark.parametrize("uid", NO_UIDS)
async def test_what_is_no_uuid(store: Store, alice: Person, task: Task, uid: str) -> None:
    for answer in await ask_all(alice, uid, uid):
        assert "id" in refusal_of(answer, 400)
    assert "file" in refusal_of(await alice.rechat.delete(f"{path_of(task)}/{uid}"), 400)
    assert await rows_of(store, alice) == []


async def test_members_can_be_left_out(alice: Person, task: Task) -> None:
    await send(alice, task)
    [file] = listed(await alice.rechat.get(path_of(task), params={"omit": "file.url,file.path"}))
    assert UUID(file["id"]).version == 7
    assert not file.keys() & {"url", "path"}
