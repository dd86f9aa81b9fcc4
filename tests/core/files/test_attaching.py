from datetime import timedelta
from pathlib import Path

import pytest

from tests.core.files.rows import file_events_of, file_of, left_in, rows_of, sweep
from tests.factories import task_of
from tests.people import Person
from touchbook.core.errors import NotFound
from touchbook.core.files.queries import files_of_tasks, find_file_by_uid
from touchbook.core.tasks.attaching import attach_file, detach_file
from touchbook.store.files import Directory
from touchbook.store.postgres import Store


@pytest.fixture
def storage(tmp_path: Path) -> Directory:
    return Directory(tmp_path / "files")


async def test_files_of_tasks_as_they_were_attached(store: Store, storage: Directory, alice: Person) -> None:
    first, second, bare = [await task_of(store, alice) for _ in range(3)]
    later, sooner = [await file_of(store, storage, alice, name=name) for name in ("later", "sooner")]
    async with store.transaction() as tx:
        for file in (sooner, later):
            assert await attach_file(tx, alice.caller, file, task_id=first.id)
        assert await attach_file(tx, alice.caller, later, task_id=second.id)
        assert await attach_file(tx, alice.caller, later, task_id=second.id) is None
        found = await files_of_tasks(tx, alice.caller, [first.id, second.id, bare.id])
    assert found == {first.id: [sooner, later], second.id: [later]}
    assert await file_events_of(store, alice) == ["file.created"] * 2 + ["task.file_attached"] * 3


async def test_a_file_goes_with_its_last_task(
    store: Store, storage: Directory, tmp_path: Path, alice: Person
) -> None:
    first, second = [await task_of(store, alice) for _ in range(2)]
    file = await file_of(store, storage, alice)
    async with store.transaction() as tx:
        for task in (first, second):
            await attach_file(tx, alice.caller, file, task_id=task.id)
        detached = await detach_file(tx, alice.caller, file, task_id=first.id)
        assert await find_file_by_uid(tx, alice.caller, file.uid) == file
    assert detached.updated_at > first.updated_at
    async with store.transaction() as tx:
        with pytest.raises(NotFound):
            await detach_file(tx, alice.caller, file, task_id=first.id)
        await detach_file(tx, alice.caller, file, task_id=second.id)
        with pytest.raises(NotFound):
            await find_file_by_uid(tx, alice.caller, file.uid)
    assert (await file_events_of(store, alice))[-3:] == [
        "task.file_detached",
        "file.deleted",
        "task.file_detached",
    ]
    await sweep(store, storage, after=timedelta(days=29))
    assert (tmp_path / "files" / file.place).exists()
    await sweep(store, storage, after=timedelta(days=31))
    assert (await rows_of(store, alice), left_in(tmp_path / "files")) == ([], [])


async def test_a_deleted_file_may_hang_on_a_task_when_it_is_swept(
    store: Store, storage: Directory, alice: Person
) -> None:
    task, file = await task_of(store, alice), await file_of(store, storage, alice)
    async with store.transaction() as tx:
        await attach_file(tx, alice.caller, file, task_id=task.id)
        await tx.execute(
            "update files f set deleted_at = $3 where f.team_id = $1 and f.id = $2",
            alice.team.id,
            file.id,
            tx.now,
        )
        assert await files_of_tasks(tx, alice.caller, [task.id]) == {}
    await sweep(store, storage, after=timedelta(days=31))
    assert await rows_of(store, alice) == []


async def test_another_teams_file_is_not_there(
    store: Store, storage: Directory, alice: Person, charlie: Person
) -> None:
    task, file = await task_of(store, alice), await file_of(store, storage, alice)
    async with store.transaction() as tx:
        await attach_file(tx, alice.caller, file, task_id=task.id)
        assert await files_of_tasks(tx, charlie.caller, [task.id]) == {}
        with pytest.raises(NotFound):
            await find_file_by_uid(tx, charlie.caller, file.uid)
