from typing import Any

from tests.factories import contact_of, deal_of, tag_of, task_of
from tests.isolation import refusals
from tests.isolation.rows import Row, Table
from tests.people import Person, ysuite_headers
from touchbook.store.postgres import Store


async def contact(store: Store, person: Person) -> int:
    return (await contact_of(store, person)).id


async def deal(store: Store, person: Person) -> int:
    return (await deal_of(store, person)).id


async def task(store: Store, person: Person) -> int:
    return (await task_of(store, person, assignees=[person.user_id], contact_id=await contact(store, person))).id


async def tags(store: Store, person: Person) -> list[int]:
    return [(await tag_of(store, person)).id]


async def member(store: Store, person: Person) -> int:
    await task(store, person)
    return person.user_id


def shows(name: str, *, listed: bool = False) -> Any:
    def is_shown(answer: Any, record: Any) -> bool:
        data = answer["data"]
        return record in [item[name] for item in data["data"]] if listed else data[name] == record

    return is_shown


def new_task(contact_id: int) -> dict[str, Any]:
    return {"title": "Call", "start_datetime": "2026-07-15T10:00:00", "cstid": contact_id}


TABLE = Table(
    headers=ysuite_headers,
    refusals=refusals.YSUITE,
    never=2**62,
    rows={
        ("GET", "/tasks"): Row(
            make=task, shows=shows("activity_id", listed=True), asking={"assigned_user_id": member}
        ),
        ("POST", "/tasks"): Row(
            make=contact,
            shows=lambda answer, _: answer["data"]["title"] == "Call",
            body=new_task,
            naming={"cstid": contact, "deal_id": deal, "assigned_user_id": member, "tags": tags},
            plain=frozenset({"title", "start_datetime", "end_datetime", "description", "priority", "status"}),
        ),
        ("GET", "/tasks/{id}"): Row(make=task, shows=shows("activity_id")),
        ("GET", "/contacts"): Row(make=contact, shows=shows("cstid", listed=True)),
        ("GET", "/contacts/{id}"): Row(make=contact, shows=shows("cstid")),
        ("GET", "/deals"): Row(make=deal, shows=shows("deal_id", listed=True)),
        ("GET", "/deals/{id}"): Row(make=deal, shows=shows("deal_id")),
    },
)
