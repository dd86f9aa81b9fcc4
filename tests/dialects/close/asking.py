"""What a test asks of the list of tasks, and how it reads the answer."""

from typing import Any

from tests.dialects.close.wire import data_of, ids_of
from tests.people import Person
from touchbook.core.identity import prefixed_id
from touchbook.core.tasks.task import Task


def id_of(task: Task) -> str:
    return prefixed_id("task", task.uid)


def seen_from(offset: str | float | None) -> dict[str, str]:
    return {} if offset is None else {"x-tz-offset": str(offset)}


async def listed(person: Person, offset: str | float | None = None, **query: Any) -> list[str]:
    return ids_of(await person.close.get("/task/", params=query, headers=seen_from(offset)))


async def dates(person: Person, offset: str | float | None = None, **query: Any) -> list[str | None]:
    answer = await person.close.get("/task/", params=query, headers=seen_from(offset))
    return [item["date"] for item in data_of(answer)]


async def shown(person: Person, task: str) -> Any:
    return data_of(await person.close.get(f"/task/{task}/"))


async def put(person: Person, task: str, **members: Any) -> Any:
    return data_of(await person.close.put(f"/task/{task}/", json=members))
