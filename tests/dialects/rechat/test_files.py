"""One file: get it with a new link, delete it."""

from datetime import timedelta
from typing import Any

import pytest

from tests.conformance.watching import Watching
from tests.core.files.rows import rows_of
from tests.dialects.rechat.records import NEVER, NO_UIDS
from tests.dialects.rechat.test_file_links import CONTENT, file_of, open_link
from tests.dialects.rechat.wire import data_of, done, refusal_of
from tests.dialects.rechat.wire import rows_of as listed
from tests.factories import task_of
from tests.jobs.working import ahead
from tests.people import Person, new_key, rechat_client
from tests.serving import serving
from touchbook.app import build_app
from touchbook.config import Settings
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.task import Task
from touchbook.store.postgres import Store


def path_of(file: Any) -> str:
    return f"/crm/files/{file['id']}"


async def send_to(person: Person, task: Task) -> Any:
    return data_of(await person.rechat.post(f"/crm/tasks/{task.uid}/files", files={"file": ("a.csv", CONTENT)}))


async def test_a_file_is_got_as_it_came(alice: Person, bob: Person) -> None:
    file = await file_of(alice)
    links = {"url", "preview_url"}
    found = data_of(await bob.rechat.get(path_of(file)))
    assert {name: found[name] for name in found if name not in links} == {
        name: file[name] for name in file if name not in links
    }
    assert found["url"] != file["url"]
    assert (await open_link(found["url"])).content == CONTENT
    assert not data_of(await bob.rechat.get(path_of(file), params={"omit": "file.url"})).keys() & {"url"}


async def test_a_new_link_is_good_when_the_old_one_is_not(store: Store, settings: Settings, alice: Person) -> None:
    file = await file_of(alice)
    async with serving(Watching(build_app(settings, ahead(store, timedelta(minutes=20))))) as url:
        refusal_of(await open_link(file["url"].replace(alice.url, url)), 403)
        found = data_of(await rechat_client(url, alice.key).get(path_of(file)))
        assert (await open_link(found["url"])).content == CONTENT


async def test_a_deleted_file_is_gone(store: Store, alice: Person) -> None:
    file = await file_of(alice)
    done(await alice.rechat.delete(path_of(file)))
    refusal_of(await open_link(file["url"]), 404)
    for method in ("GET", "DELETE"):
        answer = await alice.rechat.request(method, path_of(file))
        assert refusal_of(answer, 404) == f"File {file['id']} not found"
    assert await rows_of(store, alice) == [("contacts.csv", True, True)]


async def test_a_task_loses_it(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    gone, kept = await send_to(alice, task), await send_to(alice, task)
    done(await alice.rechat.delete(path_of(gone)))
    found = listed(await alice.rechat.get(f"/crm/tasks/{task.uid}/files"), total=1)
    assert [file["id"] for file in found] == [kept["id"]]


async def test_it_goes_with_its_task(store: Store, alice: Person) -> None:
    task = await task_of(store, alice)
    file = await send_to(alice, task)
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=task.id)
    refusal_of(await open_link(file["url"]), 404)
    refusal_of(await alice.rechat.get(path_of(file)), 404)


async def test_of_another_team(alice: Person, charlie: Person) -> None:
    file = await file_of(alice)
    for method in ("GET", "DELETE"):
        answer = await charlie.rechat.request(method, path_of(file))
        assert refusal_of(answer, 404) == f"File {file['id']} not found"
    assert (await open_link(file["url"])).content == CONTENT


async def test_who_may_not_write_deletes_nothing(store: Store, alice: Person) -> None:
    file = await file_of(alice)
    reader = rechat_client(alice.url, await new_key(store, alice, "read"))
    refusal_of(await reader.delete(path_of(file)), 403)
    data_of(await reader.get(path_of(file)))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize(("uids", "status"), [([NEVER], 404), (NO_UIDS, 400)])
async def test_of_none(alice: Person, method: str, uids: list[str], status: int) -> None:
    for uid in uids:
        refusal_of(await alice.rechat.request(method, f"/crm/files/{uid}"), status)
