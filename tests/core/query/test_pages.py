"""A page holds what was there at one moment, however many statements read it."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.factories import contact_of, task_of
from tests.people import Person
from touchbook.core.tasks.deleting import delete_task
from touchbook.core.tasks.filtering import TaskFilter
from touchbook.core.tasks.listing import list_tasks
from touchbook.core.tasks.task import Task
from touchbook.core.transaction import Reader
from touchbook.store.postgres import Store


class DeletingReader:
    """Deletes a task after the first read of a list, before the second."""

    def __init__(self, reader: Reader, store: Store, person: Person, task: Task) -> None:
        self.reader, self.store, self.person, self.task = reader, store, person, task
        self.reads: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.reader, name)

    async def fetch(self, sql: str, *args: Any) -> Sequence[Any]:
        self.reads.append(sql)
        return await self.reader.fetch(sql, *args)

    async def fetch_afresh(self, sql: str, *args: Any) -> Sequence[Any]:
        rows = await self.reader.fetch_afresh(sql, *args)
        if not self.reads:
            async with self.store.transaction() as tx:
                await delete_task(tx, self.person.caller, task_id=self.task.id)
        self.reads.append(sql)
        return rows


@pytest.mark.parametrize("place", [0, 1, 2])
async def test_a_task_deleted_meanwhile_does_not_shorten_the_page(store: Store, alice: Person, place: int) -> None:
    contact = await contact_of(store, alice)
    tasks = [await task_of(store, alice, f"Call {number}", contact_id=contact.id) for number in range(5)]
    filters = TaskFilter(zone=alice.caller.team_zone, contact=contact.id, search="call")
    async with store.reading() as reader:
        meddled: Any = DeletingReader(reader, store, alice, tasks[place])
        page = await list_tasks(meddled, alice.caller, filters, offset=0, limit=3)
    left = [task.id for task in tasks if task is not tasks[place]]
    assert [task.id for task in page] == left[:3]
    assert len(meddled.reads) == 3
