"""What tests of Rechat's tasks start from, made over HTTP as a client makes it."""

from typing import Any

import httpx

from tests.dialects.rechat.wire import data_of, ids_of, rows_of
from tests.people import Person

DUE = 1765163654.099
END = 1765170854.099
HOUR = 3600
EVERYTHING = (
    "crm_task.assignees,crm_task.associations,crm_task.reminders,crm_task.created_by,crm_task.updated_by,"
    "crm_task.files,crm_association.contact,crm_association.deal,crm_association.listing"
)
PARTS = "crm_task.assignees,crm_task.associations,crm_task.reminders"
# What only a request that asks for it is shown (RT-18).
ASKED = {
    "assignees", "associations", "reminders", "contacts", "deals", "listings", "emails", "created_by",
    "updated_by", "files",
}  # fmt: skip


def said(**members: Any) -> dict[str, Any]:
    return {"title": "Hello, Task World!", "due_date": DUE, "task_type": "Todo", **members}


async def create(person: Person, asked: str = PARTS, **members: Any) -> httpx.Response:
    return await person.rechat.post("/crm/tasks", json=said(**members), params={"associations": asked})


async def new_task(person: Person, **members: Any) -> Any:
    return data_of(await create(person, **members))


async def put(person: Person, task: Any, asked: str = PARTS, **members: Any) -> httpx.Response:
    path = f"/crm/tasks/{task['id']}"
    return await person.rechat.put(path, json=members, params={"associations": asked})


async def changed(person: Person, task: Any, **members: Any) -> Any:
    return data_of(await put(person, task, **members))


async def shown(person: Person, task: Any, associations: str = PARTS) -> Any:
    params = {"associations": associations}
    return data_of(await person.rechat.get(f"/crm/tasks/{task['id']}", params=params))


async def everything(person: Person) -> list[Any]:
    params: dict[str, Any] = {"limit": 1000, "associations": PARTS}
    return rows_of(await person.rechat.get("/crm/tasks", params=params))


async def search(person: Person, **query: Any) -> httpx.Response:
    return await person.rechat.get("/crm/tasks/search", params=query)


async def found(person: Person, **query: Any) -> list[str]:
    """The ids of the tasks that match, and as many as are counted."""
    ids = ids_of(await search(person, **{"limit": 1000, **query}))
    assert ids_of(await search(person, **{"limit": 1000, **query}), total=len(ids)) == ids
    return ids


def link(kind: str, uid: str, **members: Any) -> dict[str, Any]:
    return {"association_type": kind, kind: uid, **members}


async def associations_of(person: Person, task: Any, associations: str | None = None) -> list[Any]:
    params = {"associations": associations} if associations else {}
    path = f"/crm/tasks/{task['id']}/associations"
    return rows_of(await person.rechat.get(path, params=params), total=0)


async def new_listing(person: Person, **members: Any) -> Any:
    return data_of(await person.rechat.post("/listings", json={"mls_number": "14", **members}))
