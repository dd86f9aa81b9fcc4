"""Files that are deleted, or whose tasks are."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from tests.core.files.rows import file_events_of, file_of, left_in, rows_of, sweep
from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.errors import NotFound
from touchbook.core.files.file import File
from touchbook.core.files.queries import files_of_tasks, find_file_by_uid
from touchbook.core.tasks.attaching import attach_file
from touchbook.core.tasks.deleting import delete_task, delete_tasks
from touchbook.core.tasks.detaching import delete_file
from touchbook.core.tasks.queries import find_task
from touchbook.core.tasks.task import Task
from touchbook.store.files import Directory
from touchbook.store.postgres import Store


@pytest.fixture
def storage(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "files")


@pytest.fixture
async def file(store: Store, storage: Directory, alice: Person) -> File:
    return await file_of(store, storage, alice)


async def attach(store: Store, person: Person, file: File, *tasks: Task) -> None:
    async with store.transaction() as tx:
        for task in tasks:
            await attach_file(tx, person.caller, file, task_id=task.id)


async def delete(store: Store, person: Person, task: Task) -> None:
    async with store.transaction() as tx:
        await delete_task(tx, person.caller, task_id=task.id)


async def is_there(store: Store, person: Person, file: File) -> bool:
    async with store.reading() as reader:
        try:
            return await find_file_by_uid(reader, person.caller, file.uid) == file
        except NotFound:
            return False


async def test_a_file_is_deleted_with_the_last_task_that_has_it(
    store: Store, storage: Directory, tmp_path: Path, alice: Person, file: File
) -> None:
    first, second = [await task_of(store, alice) for _ in range(2)]
    loose = await file_of(store, storage, alice, name="loose.txt")
    await attach(store, alice, file, first, second)
    await delete(store, alice, first)
    assert await is_there(store, alice, file)
    await delete(store, alice, second)
    assert not await is_there(store, alice, file)
    assert await is_there(store, alice, loose), "it never was a task's"
    assert (await file_events_of(store, alice))[-1] == "file.deleted"
    await sweep(store, storage, after=timedelta(days=31))
    assert await rows_of(store, alice) == [("loose.txt", True, False)]
    assert [path for path in left_in(tmp_path / "files") if path.is_file()] == [tmp_path / "files" / loose.place]


async def test_whoever_of_two_is_later_deletes_it(store: Store, alice: Person, file: File) -> None:
    """Two tasks are deleted at once: neither transaction sees what the other does."""
    first, second = [await task_of(store, alice) for _ in range(2)]
    await attach(store, alice, file, first, second)
    async with store.transaction() as tx:
        await delete_task(tx, alice.caller, task_id=first.id)
        other = asyncio.create_task(delete(store, alice, second))
        await asyncio.sleep(0.3)
        assert not other.done()
    await asyncio.wait_for(other, 10)
    assert not await is_there(store, alice, file)


async def test_with_all_tasks_of_an_account(
    store: Store, storage: Directory, alice: Person, charlie: Person, file: File
) -> None:
    contact = await contact_of(store, alice)
    own = [await task_of(store, alice, contact_id=contact.id) for _ in range(2)]
    shared, theirs = await file_of(store, storage, alice), await file_of(store, storage, charlie)
    await attach(store, alice, file, *own)
    await attach(store, alice, shared, own[0], await task_of(store, alice))
    await attach(store, charlie, theirs, await task_of(store, charlie))
    async with store.transaction() as tx:
        assert await delete_tasks(tx, alice.caller, [task.id for task in own]) == 2
    assert not await is_there(store, alice, file)
    assert await is_there(store, alice, shared)
    assert await is_there(store, charlie, theirs)


async def test_every_task_loses_a_file_that_is_deleted(
    store: Store, storage: Directory, alice: Person, file: File
) -> None:
    first, second, gone = tasks = [await task_of(store, alice) for _ in range(3)]
    kept = await file_of(store, storage, alice)
    await attach(store, alice, file, *tasks)
    await attach(store, alice, kept, first)
    await delete(store, alice, gone)
    async with store.transaction() as tx:
        await delete_file(tx, alice.caller, file)
        assert await files_of_tasks(tx, alice.caller, [task.id for task in tasks]) == {first.id: [kept]}
        assert (await find_task(tx, alice.caller, second.id)).updated_at > second.updated_at
    assert not await is_there(store, alice, file)
    events = await file_events_of(store, alice)
    assert (events.count("task.file_detached"), events.count("file.deleted")) == (2, 1)
